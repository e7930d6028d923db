package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What of the machine, and of other namespaces, instances get when somebody says so, and only
/// then.
class HostAccessTest {
  private static final String IMAGE =
      """
      set -eu
      mkdir -p plain/bin
      cp "$(command -v busybox)" plain/bin/busybox
      for name in sh cat sleep wget; do ln -s busybox plain/bin/$name; done
      tool() { command=$1; shift; buildah --root "$PWD/hb" --runroot "$PWD/hr" --storage-driver vfs $command "$@"; }
      container=$(tool from scratch)
      tool copy -q "$container" plain /
      tool commit -q "$container" oci-archive:plain.tar:example.com/plain:v1
      tool rm "$container"
      """;

  private static final String PODS =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: allowed}
      spec:
        terminationGracePeriodSeconds: 1
        containers:
        - name: main
          image: example.com/plain:v1
          command: [sleep, '1000']
          volumeMounts: [{name: host, mountPath: /host, readOnly: true}]
        volumes: [{name: host, hostPath: {path: DIRECTORY, type: Directory}}]
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: refused}
      spec:
        terminationGracePeriodSeconds: 1
        containers:
        - name: main
          image: example.com/plain:v1
          command: [sleep, '1000']
          volumeMounts: [{name: host, mountPath: /host}]
        volumes: [{name: host, hostPath: {path: /etc}}]
      """;

  private static final String SERVICE =
      """
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata: {name: borrowed, namespace: other}
      spec: {template: {spec: {containers: [{image: 'FUNCTION'}]}}}
      """;

  private static HttpServer outside;
  private static int closed;
  private static Platform platform;

  @BeforeAll
  static void start() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "containers need root");
    outside = server("open to instances");
    HttpServer other = server("not for instances");
    closed = other.getAddress().getPort();
    Path directory = Files.createTempDirectory("ebb-host-");
    // Root of a container is nobody on the machine.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(directory.resolve("file"), "of the machine");
    platform =
        Platform.start(
            "--port=0",
            "--allow-host-path=" + directory,
            "--expose-host-port=" + outside.getAddress().getPort());
    platform.write("plain.sh", IMAGE);
    platform.command("sh", "plain.sh").run().orFail();
    platform.ebb("image", "load", "plain.tar", "--name", "example.com/plain:v1").run().orFail();
    platform.write("pods.yaml", PODS.replace("DIRECTORY", directory.toString()));
    platform.kubectl("apply", "-f", "pods.yaml").run().orFail();
    platform
        .kubectl("wait", "--for=condition=Ready", "pod/allowed", "--timeout=60s")
        .run()
        .orFail();
  }

  private static HttpServer server(String text) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
      outside.stop(0);
    }
  }

  private static Command.Result inside(String... words) {
    String[] all = new String[words.length + 3];
    all[0] = "exec";
    all[1] = "allowed";
    all[2] = "--";
    System.arraycopy(words, 0, all, 3, words.length);
    return platform.kubectl(all).run();
  }

  @Test
  void aPathOfTheMachineIsMountedWhereItIsAllowed() {
    assertThat(inside("cat", "/host/file").orFail().out()).isEqualTo("of the machine");
    assertThat(inside("sh", "-c", "echo x > /host/file").err()).contains("Read-only file system");
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(platform.kubectl("get", "events").run().out())
                .contains("FailedMount")
                .contains("hostPath /etc is not allowed on this machine")
                .contains("--allow-host-path PATH"));
    assertThat(platform.kubectl("get", "pod", "refused").run().out()).contains("ContainerCreating");
  }

  @Test
  void aPortOfTheMachineIsReachedWhereItIsExposed() {
    String open = "http://host.ebb.internal:" + outside.getAddress().getPort() + "/";
    assertThat(inside("wget", "-qO-", open).orFail().out()).isEqualTo("open to instances");
    String other = "http://host.ebb.internal:" + closed + "/";
    assertThat(inside("wget", "-T", "3", "-qO-", other).exitCode()).isNotZero();
  }

  @Test
  void aFunctionOfAnotherNamespaceNeedsItsRight() {
    platform.write("lent.py", "def main():\n    return 'lent'\n");
    platform.ebb("deploy", "lent.py").run().orFail();
    String path = "jsonpath={.spec.template.spec.containers[0].image}";
    String image = platform.kubectl("get", "ksvc", "lent", "-o", path).run().orFail().out();
    platform.kubectl("create", "namespace", "other").run().orFail();
    platform.write("borrowed.yaml", SERVICE.replace("FUNCTION", image));
    platform.kubectl("apply", "-f", "borrowed.yaml").run().orFail();
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(
                    platform.kubectl("get", "revisions", "-n", "other", "-o", "yaml").run().out())
                .contains("403 Forbidden"));
    platform
        .kubectl(
            "create", "rolebinding", "lend", "--clusterrole=view", "--serviceaccount=other:default")
        .run()
        .orFail();
    platform
        .kubectl("wait", "-n", "other", "--for=condition=Ready", "ksvc/borrowed", "--timeout=120s")
        .run()
        .orFail();
  }
}
