package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// NetworkPolicies as users apply them, and who then reaches whom.
class PolicyTest {
  private static final String PODS =
      """
      apiVersion: v1
      kind: Namespace
      metadata: {name: ops, labels: {team: ops}}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: server, labels: {app: server}}
      spec:
        terminationGracePeriodSeconds: 1
        containers:
        - name: main
          image: example.com/contract:v1
          command: [sh, -c, 'httpd -p 8080 -h /www; exec httpd -f -p 9090 -h /www']
          ports: [{name: web, containerPort: 8080}]
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: front, labels: {role: front}}
      spec: CLIENT
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: back, labels: {role: back}}
      spec: CLIENT
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: far, namespace: ops, labels: {role: front}}
      spec: CLIENT
      """;

  private static final String CLIENT =
      """
      {terminationGracePeriodSeconds: 1, containers: [
          {name: main, image: 'example.com/contract:v1', command: [sleep, '1000']}]}\
      """;

  private static final String POLICY =
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: policy}
      spec: SPEC
      """;

  private static Platform platform;
  private static String server;
  private static String front;

  @BeforeAll
  static void start() {
    assumeTrue("root".equals(System.getProperty("user.name")), "containers need root");
    platform = Platform.start();
    ContractImage.load(platform);
    platform.write("pods.yaml", PODS.replace("CLIENT", CLIENT));
    platform.kubectl("apply", "-f", "pods.yaml").run().orFail();
    for (String namespace : List.of("default", "ops")) {
      platform
          .kubectl(
              "wait", "-n", namespace, "--for=condition=Ready", "pod", "--all", "--timeout=60s")
          .run()
          .orFail();
    }
    server = address("server");
    front = address("front");
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  private static String address(String pod) {
    return platform.kubectl("get", "pod", pod, "-o", "jsonpath={.status.podIP}").run().out();
  }

  /// The clients that reach the server, with the port.
  private static Set<String> reached() {
    Set<String> reached = new TreeSet<>();
    for (String client : List.of("default/front", "default/back", "ops/far")) {
      String pod = client.substring(client.indexOf('/') + 1);
      String ask =
          "for port in 8080 9090; do printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 1 "
              + server
              + " $port | grep -q 'from the image' && echo $port; done; true";
      platform
          .kubectl(
              "exec", "-n", client.substring(0, client.indexOf('/')), pod, "--", "sh", "-c", ask)
          .run()
          .orFail()
          .out()
          .lines()
          .forEach(port -> reached.add(pod + ":" + port));
    }
    return reached;
  }

  private static void awaitReached(String... expected) {
    Awaitility.await()
        .untilAsserted(() -> assertThat(reached()).containsExactlyInAnyOrder(expected));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ingress from Pods, by port | {podSelector: {matchLabels: {app: server}}, ingress: [{from:"
            + " [{podSelector: {matchLabels: {role: front}}}], ports: [{port: 8080}]}]} |"
            + " front:8080",
        "ingress from Pods of a namespace, by a port's name | {podSelector: {matchLabels: {app:"
            + " server}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}},"
            + " podSelector: {matchLabels: {role: front}}}], ports: [{port: web}]}]} | far:8080",
        "a block with an exception, and a range of ports | {podSelector: {matchLabels: {app:"
            + " server}}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [FRONT/32]}}],"
            + " ports: [{port: 9000, endPort: 9100}]}]} | back:9090 far:9090",
        "no egress | {podSelector: {matchLabels: {role: back}}, policyTypes: [Egress]} | front:8080"
            + " front:9090",
        "egress to one port | {podSelector: {matchLabels: {role: back}}, policyTypes: [Egress],"
            + " egress: [{to: [{podSelector: {matchLabels: {app: server}}}], ports: [{port:"
            + " 9090}]}]} | front:8080 front:9090 back:9090"
      })
  void whatAPolicySaysHolds(String name, String spec, String expected) {
    String[] open = {"front:8080", "front:9090", "back:8080", "back:9090"};
    awaitReached(open);
    platform.write("policy.yaml", POLICY.replace("SPEC", spec.replace("FRONT", front)));
    platform.kubectl("apply", "-f", "policy.yaml").run().orFail();
    awaitReached(expected.split(" "));
    platform.kubectl("delete", "-f", "policy.yaml").run().orFail();
    awaitReached(open);
  }
}
