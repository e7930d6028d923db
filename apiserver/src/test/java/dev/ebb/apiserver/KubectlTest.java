package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What users type, with the kubectl that they have.
class KubectlTest {
  private static final String HELLO =
      """
      {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": {"name": "hello"},
       "spec": {"template": {"spec": {"containers": [{"image": "example.com/hello"}]}}}}
      """;

  private static final String YAML =
      """
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata:
        name: hello
      spec:
        template:
          spec:
            containers:
            - image: example.com/hello
      """;

  private final SubresourceRoute log =
      new SubresourceRoute(
          "",
          "v1",
          "pods",
          "log",
          List.of("get"),
          (pod, exchange) -> {
            try (ResponseStream stream = exchange.stream(200, "text/plain", () -> {})) {
              String line =
                  "%s tail=%s follow=%s\n"
                      .formatted(
                          pod,
                          exchange.query("tailLines").orElse("-"),
                          RequestOptions.flag(exchange, "follow"));
              stream.write(line.getBytes(StandardCharsets.UTF_8));
            }
          });

  private TestServer server;
  private Kubectl kubectl;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    server = new TestServer(new ApiServer.Handlers(List.of(), List.of(log)));
    kubectl = new Kubectl(server.directory.resolve("home"), server.config.kubeconfig());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void createsShowsAndDeletesAService() throws Exception {
    assertThat(create().out()).isEqualTo("service.serving.knative.dev/hello created\n");
    assertThat(kubectl.out("get", "ksvc").lines().toList())
        .satisfiesExactly(
            header ->
                assertThat(header)
                    .matches("NAME +URL +LATESTCREATED +LATESTREADY +READY +REASON *"),
            row -> assertThat(row).startsWith("hello"));
    assertThat(kubectl.out("get", "ksvc", "-o", "name"))
        .isEqualTo("service.serving.knative.dev/hello\n");
    assertThat(kubectl.out("get", "ksvc", "hello", "-o", "yaml"))
        .contains("image: example.com/hello");
    assertThat(kubectl.out("get", "ksvc", "hello", "-o", "jsonpath={.metadata.generation}"))
        .isEqualTo("1");
    assertThat(kubectl.out("describe", "ksvc", "hello"))
        .contains("Name:         hello")
        .containsPattern("Events: +<none>");
    assertThat(kubectl.out("delete", "ksvc", "hello"))
        .contains("service.serving.knative.dev \"hello\" deleted");
    assertThat(kubectl.run("get", "ksvc", "hello").err())
        .contains("(NotFound): services.serving.knative.dev \"hello\" not found");
  }

  @Test
  void showsHowOldThingsAre() throws Exception {
    assertThat(kubectl.out("get", "namespaces").lines().toList())
        .satisfiesExactly(
            header -> assertThat(header).matches("NAME +STATUS +AGE"),
            row -> assertThat(row).matches("default +Active +\\d+d"));
  }

  @Test
  void labelsAnnotatesAndPatches() throws Exception {
    create();
    kubectl.out("label", "ksvc", "hello", "team=a");
    kubectl.out("annotate", "ksvc", "hello", "note=b");
    kubectl.out(
        "patch",
        "ksvc",
        "hello",
        "--type=merge",
        "-p",
        "{\"metadata\":{\"labels\":{\"c\":\"d\"}}}");
    kubectl.out(
        "patch",
        "ksvc",
        "hello",
        "--type=json",
        "-p",
        "[{\"op\":\"remove\",\"path\":\"/metadata/labels/team\"}]");
    assertThat(kubectl.out("get", "ksvc", "hello", "-o", "jsonpath={.metadata.labels}"))
        .isEqualTo("{\"c\":\"d\"}");
    assertThat(kubectl.out("get", "ksvc", "-l", "c=d", "-o", "name")).contains("hello");
    assertThat(kubectl.out("get", "ksvc", "-l", "c!=d", "-o", "name")).isEmpty();
    assertThat(kubectl.run("patch", "ksvc", "hello", "-p", "{}").err())
        .contains("strategic-merge-patch+json is not supported");
  }

  @Test
  void watchesRowsComeAndChange() throws Exception {
    Path out = server.directory.resolve("watch.txt");
    Process watch = kubectl.start(out, "get", "ksvc", "-w", "-o", "name");
    try {
      create();
      Awaitility.await()
          .untilAsserted(() ->
              assertThat(Files.readString(out)).isEqualTo("service.serving.knative.dev/hello\n"));
      kubectl.out("label", "ksvc", "hello", "a=b");
      Awaitility.await().untilAsserted(() -> assertThat(Files.readAllLines(out)).hasSize(2));
    } finally {
      watch.destroy();
      watch.waitFor();
    }
  }

  @Test
  void listsWhatThereIs() throws Exception {
    assertThat(kubectl.out("api-resources").lines())
        .anyMatch(
            line -> line.matches("services +kservice,ksvc +serving.knative.dev/v1 +true +Service"))
        .anyMatch(line -> line.matches("namespaces +ns +v1 +false +Namespace"));
    assertThat(kubectl.out("api-versions").lines()).contains("v1", "serving.knative.dev/v1");
    assertThat(kubectl.out("version")).contains("Server Version: v1.");
    assertThat(kubectl.out("cluster-info")).contains(server.server.url());
    assertThat(kubectl.out("get", "events")).isEmpty();
  }

  @Test
  void readsLogs() throws Exception {
    kubectl.out("run", "one", "--image=example.com/x");
    assertThat(kubectl.out("logs", "one", "--tail=3"))
        .isEqualTo("default/one tail=3 follow=false\n");
  }

  @Test
  void appliesAndTellsWhatIsWrong() throws Exception {
    assertThat(kubectl.runWithInput(YAML, "apply", "-f", "-").out())
        .isEqualTo("service.serving.knative.dev/hello created\n");
    // kubectl sends lists whole, so it sees a change in every list that has defaults; nothing is
    // written all the same.
    assertThat(kubectl.runWithInput(YAML, "apply", "-f", "-").exitCode()).isZero();
    assertThat(kubectl.out("get", "ksvc", "hello", "-o", "jsonpath={.metadata.generation}"))
        .isEqualTo("1");
    assertThat(
            kubectl.runWithInput(YAML.replace("com/hello", "com/other"), "apply", "-f", "-").out())
        .isEqualTo("service.serving.knative.dev/hello configured\n");
    assertThat(kubectl.runWithInput(YAML.replace("image:", "imag:"), "apply", "-f", "-").err())
        .contains("unknown field \"spec.template.spec.containers[0].imag\"");
    assertThat(kubectl.out("get", "ksvc", "hello", "-o", "jsonpath={..image}"))
        .isEqualTo("example.com/other");
  }

  @Test
  void editsWithWhateverEditorThereIs() throws Exception {
    create();
    Path editor = server.directory.resolve("editor.sh");
    Files.writeString(editor, "#!/bin/sh\nsed -i s,com/hello,com/edited, \"$1\"\n");
    assertThat(editor.toFile().setExecutable(true)).isTrue();
    kubectl.environment("KUBE_EDITOR", editor.toString());
    assertThat(kubectl.out("edit", "ksvc", "hello")).contains("edited");
    assertThat(kubectl.out("get", "ksvc", "hello", "-o", "jsonpath={..image}"))
        .isEqualTo("example.com/edited");
  }

  @Test
  void waitsForACondition() throws Exception {
    create();
    assertThat(kubectl.run("wait", "--for=condition=Ready", "ksvc/hello", "--timeout=1s").err())
        .contains("timed out waiting for the condition");
    kubectl.out(
        "patch",
        "ksvc",
        "hello",
        "--subresource=status",
        "--type=merge",
        "-p",
        "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
    assertThat(kubectl.out("wait", "--for=condition=Ready", "ksvc/hello", "--timeout=20s"))
        .contains("condition met");
  }

  @Test
  void explainsFields() throws Exception {
    assertThat(kubectl.out("explain", "ksvc.spec.template"))
        .contains("GROUP:      serving.knative.dev")
        .contains("spec");
  }

  @Test
  void tellsWhoIsAllowedWhat() throws Exception {
    assertThat(kubectl.out("auth", "can-i", "create", "pods")).isEqualTo("yes\n");
    assertThat(kubectl.out("auth", "whoami")).contains("system:admin").contains("system:masters");
  }

  @Test
  void createsFromTheCommandLine() throws Exception {
    kubectl.out("create", "namespace", "team");
    kubectl.out("create", "configmap", "c", "--from-literal=a=b", "-n", "team");
    kubectl.out("create", "secret", "generic", "s", "--from-literal=a=b", "-n", "team");
    kubectl.out("create", "serviceaccount", "sa", "-n", "team");
    assertThat(kubectl.out("get", "cm", "c", "-n", "team", "-o", "jsonpath={.data}"))
        .isEqualTo("{\"a\":\"b\"}");
    assertThat(kubectl.out("get", "secret", "s", "-n", "team", "-o", "jsonpath={.data.a}"))
        .isEqualTo("Yg==");
  }

  private Kubectl.Result create() throws IOException, InterruptedException {
    Kubectl.Result result = kubectl.runWithInput(HELLO, "create", "--validate=false", "-f", "-");
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result;
  }
}
