package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What goes through the API server to instances: port-forward, proxy, exec, logs.
class StreamsTest {
  private static final String SERVICES = "/api/v1/namespaces/default/services/";

  private static Platform platform;

  @BeforeAll
  static void start() {
    platform = Platform.start();
    platform.write(
        "door.py",
        """
        import http.server, os, threading

        class Door(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"side door")

        server = http.server.HTTPServer(("0.0.0.0", 0), Door)
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def handler(event, context):
            print("asked for " + event.path, flush=True)
            return {"port": server.server_address[1], "path": event.path}
        """);
    platform.ebb("deploy", "door.py").run().orFail();
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  private static String raw(String path) {
    return platform.kubectl("get", "--raw", path).run().orFail().out();
  }

  /// The Pod of the function, which is started when there is none.
  private static String pod() {
    raw(SERVICES + "door:http/proxy/");
    String[] name = {""};
    Awaitility.await()
        .until(() -> {
          name[0] =
              platform
                  .kubectl("get", "pods", "-o", "name", "--field-selector=status.phase=Running")
                  .run()
                  .orFail()
                  .out()
                  .strip();
          return name[0].startsWith("pod/");
        });
    return name[0];
  }

  private static String sideDoor() {
    Matcher port = Pattern.compile("\"port\": (\\d+)").matcher(raw(SERVICES + "door:80/proxy/x"));
    assertThat(port.find()).isTrue();
    return port.group(1);
  }

  @Test
  void servicesAndPodsAnswerThroughTheApi() {
    assertThat(raw(SERVICES + "door:http/proxy/a/b?c=d")).contains("\"path\": \"/a/b\"");
    assertThat(raw(SERVICES + "door-00001/proxy/r")).contains("\"path\": \"/r\"");
    String pod = "/api/v1/namespaces/default/" + pod().replace("pod/", "pods/");
    assertThat(raw(pod + "/proxy/p")).contains("\"path\": \"/p\"");
    assertThat(raw(pod + ":" + sideDoor() + "/proxy/")).isEqualTo("side door");
    assertThat(platform.kubectl("get", "--raw", SERVICES + "kubernetes/proxy/").run().err())
        .contains("no endpoints available for service \"kubernetes\"");
  }

  @Test
  void portsOfAnInstanceAreForwardedAndNoOthers() throws IOException, InterruptedException {
    String api = Integer.toString(URI.create(apiUrl()).getPort());
    Process forward =
        platform
            .kubectl("port-forward", pod(), ":8080", ":" + sideDoor(), ":" + api)
            .start("forward.out");
    try {
      Awaitility.await()
          .untilAsserted(() -> assertThat(platform.read("forward.out")).contains("-> " + api));
      assertThat(platform.curl(local("8080") + "/f").run().orFail().out()).contains("/f");
      assertThat(platform.curl(local(sideDoor())).run().orFail().out()).isEqualTo("side door");
      assertThat(platform.curl(local(api)).run().exitCode()).isNotZero();
      Awaitility.await()
          .untilAsserted(() ->
              assertThat(platform.read("forward.out")).contains("failed to connect to localhost"));
    } finally {
      forward.destroy();
      forward.waitFor();
    }
  }

  private static String apiUrl() {
    return platform.record().path("apiUrl").asString();
  }

  /// The address that kubectl made for a port of the Pod.
  private static String local(String port) {
    Matcher line =
        Pattern.compile("Forwarding from (127\\.0\\.0\\.1:\\d+) -> " + port)
            .matcher(platform.read("forward.out"));
    assertThat(line.find()).isTrue();
    return "http://" + line.group(1);
  }

  @Test
  void commandsRunBesideTheInstance() {
    var result =
        platform.kubectl("exec", pod(), "--", "sh", "-c", "echo $K_SERVICE; pwd; exit 7").run();
    assertThat(result.out()).startsWith("door\n").contains("/home/nonroot");
    assertThat(result.exitCode()).isEqualTo(7);
  }

  @Test
  void topShowsWhatFunctionsUse() {
    String name = pod().replace("pod/", "");
    assertThat(platform.kubectl("top", "pod", name, "--containers").run().orFail().out())
        .containsPattern(name + " +user-container +\\d+m +[1-9]\\d*Mi");
    assertThat(platform.kubectl("get", "apiservice", "v1beta1.metrics.k8s.io").run().orFail().out())
        .contains("True");
  }

  @Test
  void logsHaveTheOptionsOfKubernetes() {
    String pod = pod();
    assertThat(platform.kubectl("logs", pod, "--limit-bytes=5").run().orFail().out())
        .isEqualTo("asked");
    assertThat(platform.kubectl("logs", pod, "--previous").run().err())
        .contains("previous terminated container \"user-container\" in pod");
    assertThat(platform.kubectl("logs", pod, "--tail=1", "--timestamps").run().orFail().out())
        .matches("(?s)20\\S+Z asked for .*");
  }
}
