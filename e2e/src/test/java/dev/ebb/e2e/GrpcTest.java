package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// gRPC's own interoperability tests, both sides as Go has them: from outside and from other
/// containers, to a Knative Service that scales to zero and to a Deployment behind a Service.
@ExtendWith(SharedPlatform.class)
class GrpcTest {
  private static final String MANIFESTS =
      """
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata:
        name: greeter
      spec:
        template:
          spec:
            containers:
            - image: example.com/grpc-server
              args: [--port=8080]
              ports: [{name: h2c, containerPort: 8080}]
      ---
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata:
        name: http1
      spec:
        template:
          spec:
            containers:
            - image: example.com/grpc-server
              args: [--port=8080]
              ports: [{name: http1, containerPort: 8080}]
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: always
      spec:
        selector: {matchLabels: {app: always}}
        template:
          metadata: {labels: {app: always}}
          spec:
            containers:
            - name: server
              image: example.com/grpc-server
              args: [--port=7000]
              ports: [{name: grpc, containerPort: 7000}]
              readinessProbe: {tcpSocket: {port: grpc}, periodSeconds: 1}
      ---
      apiVersion: v1
      kind: Service
      metadata:
        name: always
      spec:
        selector: {app: always}
        ports: [{name: grpc, port: 50051, targetPort: grpc}]
      """;

  private static final String JOB =
      """
      apiVersion: batch/v1
      kind: Job
      metadata:
        name: %s-%s
      spec:
        backoffLimit: 0
        template:
          spec:
            restartPolicy: Never
            containers:
            - name: client
              image: example.com/grpc-client
              args: [--server_host=%s, --server_port=%s, --test_case=%s]
      ---
      """;

  private static final String NAMESPACE = "grpc";

  private static Platform platform;

  @BeforeAll
  static void start(SharedPlatform.Shared shared) {
    LookAlikes.needRoot();
    platform = shared.platform();
    shared.namespace(NAMESPACE);
    for (String side : List.of("grpc-server", "grpc-client")) {
      LookAlikes.load(platform, LookAlikes.image(platform, "example.com/" + side, side));
    }
    platform.write("grpc.yaml", MANIFESTS);
    kubectl("apply", "-f", "grpc.yaml").orFail();
    kubectl("wait", "--for=condition=Ready", "ksvc", "--all", "--timeout=60s").orFail();
    kubectl("rollout", "status", "deployment/always", "--timeout=60s").orFail();
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      kubectl("delete", "namespace", NAMESPACE, "--wait=false").orFail();
    }
  }

  /// Streams that go both ways, end early, fail with a status in their trailers, carry metadata of
  /// the user.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "empty_unary",
        "large_unary",
        "client_streaming",
        "server_streaming",
        "ping_pong",
        "empty_stream",
        "timeout_on_sleeping_server",
        "cancel_after_begin",
        "cancel_after_first_response",
        "status_code_and_message",
        "special_status_message",
        "custom_metadata",
        "unimplemented_method",
        "unimplemented_service"
      })
  void aClientOfThisMachineReachesIt(String name) {
    Command.Result result = client("greeter", name);
    assertThat(result.exitCode()).as(result.toString()).isZero();
  }

  @Test
  void aClientReachesItOverTls() {
    HttpsTest.network(platform, "external-domain-tls", "Enabled");
    HttpsTest.awaitUrl(
        platform,
        NAMESPACE,
        "ksvc/greeter",
        "https://greeter.grpc.localhost:" + HttpsTest.port(platform));
    Command.Result result =
        client(
            "greeter",
            HttpsTest.port(platform),
            "ping_pong",
            "--use_tls",
            "--use_test_ca",
            "--ca_file=" + platform.dataDirectory().resolve("pki/ca.crt"));
    HttpsTest.network(platform, "external-domain-tls", "Disabled");
    assertThat(result.exitCode()).as(result.toString()).isZero();
  }

  @Test
  void aPortThatDoesNotSayH2cGetsHttp1() {
    Command.Result result = client("http1", "empty_unary");
    assertThat(result.exitCode()).as(result.toString()).isNotZero();
    assertThat(result.out() + result.err()).contains("rpc error");
  }

  @Test
  void containersReachItByTheNamesOfServices() {
    StringBuilder jobs = new StringBuilder();
    for (String test : List.of("ping_pong", "custom_metadata")) {
      String name = test.replace('_', '-');
      jobs.append(JOB.formatted("zero", name, "greeter.grpc.svc.cluster.local", "80", test));
      jobs.append(JOB.formatted("always", name, "always", "50051", test));
    }
    platform.write("grpc-jobs.yaml", jobs.toString());
    kubectl("apply", "-f", "grpc-jobs.yaml").orFail();
    Command.Result done =
        kubectl("wait", "--for=condition=complete", "jobs", "--all", "--timeout=60s");
    assertThat(done.exitCode()).as(() -> done + "\n" + kubectl("logs", "-l=job-name")).isZero();
  }

  private static Command.Result kubectl(String... words) {
    return platform.kubectl("-n", NAMESPACE).with(words).run();
  }

  /// Go finds no `*.localhost` by itself, so the client gets an `/etc/hosts` of its own.
  private static Command.Result client(String service, String test) {
    return client(service, platform.gatewayPort(), test);
  }

  private static Command.Result client(String service, int port, String test, String... options) {
    String host = service + "." + NAMESPACE + ".localhost";
    platform.write("hosts", "127.0.0.1 localhost " + host + "\n");
    return platform
        .command(
            "unshare",
            "--mount",
            "sh",
            "-c",
            "mount --bind hosts /etc/hosts && exec \"$@\"",
            "sh",
            Platform.TOOLS.resolve("grpc-client").toString(),
            "--server_host=" + host,
            "--server_port=" + port,
            "--test_case=" + test)
        .with(options)
        .run();
  }
}
