package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.cli.CommandLineTest.Run;
import dev.ebb.cli.load.SmallServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LoadCommandTest {
  private static final String HELLO = "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi";

  private static final String SERVICES =
      "{'kind':'ServiceList','apiVersion':'serving.knative.dev/v1','items':[{"
          + "'metadata':{'name':'hello','namespace':'default'},"
          + "'status':{'url':'http://hello.default.localhost:PORT'}}]}";

  private static final String SCALING =
      "{'revisions':[{'namespace':'default','service':'hello','name':'hello-00001',"
          + "'actualReplicas':3,'desiredReplicas':5,'inFlight':30,'queued':12},"
          + "{'namespace':'default','service':'hello','name':'hello-00000'}]}";

  @TempDir private Path directory = Path.of("");

  private Run load(String... words) {
    List<String> all = new ArrayList<>(List.of("load"));
    all.addAll(List.of(words));
    for (String option : List.of("-t 1", "-c 2")) {
      if (!all.contains(option.substring(0, 2))) {
        all.addAll(List.of(option.split(" ", -1)));
      }
    }
    all.add("--data-dir");
    all.add(directory.toString());
    return CommandLineTest.run(all.toArray(String[]::new));
  }

  private static String url(SmallServer server) {
    return "http://localhost:" + server.address().getPort();
  }

  /// An API whose gateway is the small server.
  private FakeApi api(SmallServer gateway) throws IOException {
    FakeApi api =
        FakeApi.start(
            directory,
            call -> {
              String path = call.target().replaceFirst("[?].*", "");
              if (path.equals("/ebb/scaling")) {
                return FakeApi.Answer.ok(SCALING);
              }
              if (path.endsWith("/services/hello")) {
                return FakeApi.Answer.ok("{'metadata':{'name':'hello'}}");
              }
              if (path.endsWith("/services")) {
                return FakeApi.Answer.ok(
                    SERVICES.replace("PORT", Integer.toString(gateway.address().getPort())));
              }
              return FakeApi.Answer.refused(404, "none");
            });
    ServerRecord record = ServerRecord.read(directory).orElseThrow();
    new ServerRecord(
            record.pid(),
            record.version(),
            record.startedAt(),
            url(gateway),
            0,
            "",
            "",
            record.apiSocket(),
            record.kubeconfig(),
            directory)
        .write();
    return api;
  }

  @Test
  void aUrlNeedsNoServerOfEbbs() {
    try (SmallServer server = SmallServer.start(HELLO, false)) {
      Run run = load(url(server) + "/path?a=b", "-H", "X-Y: z", "-d", "body");

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(server.first.getFirst())
          .startsWith("POST /path?a=b HTTP/1.1\nHost: localhost:" + server.address().getPort())
          .contains("X-Y: z\n", "User-Agent: ebb/")
          .endsWith("body");
      assertThat(run.out())
          .containsPattern("Load on http://localhost:\\d+/path\\?a=b: 2 connections, 1 s\n")
          .containsPattern("\\d+ requests in \\d\\.\\d s: \\d+/s, 0 errors\n")
          .containsPattern("latency    p50 .*, p90 .*, p99 .*, max .*s\n")
          .containsPattern("answers    200: \\d+\n")
          .doesNotContain("instances  at most", "no answer", "given up");
    }
  }

  @Test
  void jsonIsOneDocument() {
    try (SmallServer server = SmallServer.start(HELLO, false)) {
      Run run = load(url(server), "-o", "json", "--rate", "20");

      JsonNode json = new JsonMapper().readTree(run.out());
      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(json.path("requests").asLong()).isEqualTo(server.requests.get()).isPositive();
      assertThat(json.path("answers").path("200").asLong()).isEqualTo(server.requests.get());
      assertThat(json.path("latencyMilliseconds").path("p99").asDouble()).isPositive();
      assertThat(json.path("errors").asLong(-1)).isZero();
    }
  }

  @Test
  void errorsAreTheExitCode() {
    try (SmallServer server =
        SmallServer.start("HTTP/1.1 503 Busy\nContent-Length: 0\n\n", false)) {
      Run run = load(url(server));

      assertThat(run.exitCode()).isEqualTo(CliException.FAILED);
      assertThat(run.out()).containsPattern("answers    503: \\d+\n");
      assertThat(run.err()).matches("ebb: (\\d+) of \\1 requests failed\n");
    }
  }

  @Test
  void whoeverDoesNotListenIsToldOf() throws IOException {
    try (Socket nobody = SmallServer.nobody()) {
      Run run = load("http://localhost:" + nobody.getLocalPort());

      assertThat(run.exitCode()).isEqualTo(CliException.FAILED);
      assertThat(run.out()).containsPattern("no answer  connection refused: \\d+\n");
    }
  }

  @ParameterizedTest
  @CsvSource({"hello, /function/hello", "URL/function/hello/x, /function/hello/x", "HOST, /"})
  void aServiceOfThisMachineIsShownWithItsInstances(String given, String path) throws IOException {
    try (SmallServer gateway = SmallServer.start(HELLO, false);
        FakeApi api = api(gateway)) {
      Run run =
          load(
              given
                  .replace("URL", url(gateway))
                  .replace(
                      "HOST", "http://hello.default.localhost:" + gateway.address().getPort()));

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(gateway.first.getFirst()).startsWith("GET " + path + " HTTP/1.1\n");
      assertThat(run.out())
          .contains("TIME   REQUESTS/S")
          .containsPattern("(?m)^1s +\\d+ .* 0 +30 +12 +hello-00001 3/5$")
          .contains("instances  at most hello-00001: 3\n")
          .doesNotContain("hello-00000");
      assertThat(api.calls).anyMatch(call -> call.target().contains("service=hello"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ftp://localhost/, 1, 'load is put on URLs as http://HOST[:PORT]/PATH or https://'",
    "https://localhost:1 --cacert /none/ca.crt, 1, /none/ca.crt",
    "https://localhost:1 --cacert pom.xml, 1, there is no certificate in pom.xml",
    "http:///x, 1, 'and ''http:///x'' is none'",
    "http://a b/, 1, is no URL",
    "hello, 3, no Ebb server runs",
    "http://localhost:1 -c 0, 2, --connections must be a whole number of at least 1",
    "http://localhost:1 -c 5000, 2, --connections must be a whole number of at most 4000",
    "http://localhost:1 -t 0, 2, --time must be a whole number of at least 1",
    "http://localhost:1 --rate 0, 2, --rate must be a whole number of at least 1",
    "http://localhost:1 -H nonsense, 1, is not of the form"
  })
  void whatCannotBeLoadIsRefused(String words, int exitCode, String message) {
    String[] given = words.contains("a b") ? new String[] {words} : words.split(" ", -1);
    Run run = load(given);

    assertThat(run.exitCode()).isEqualTo(exitCode);
    assertThat(run.err()).contains(message);
    assertThat(run.out()).isEmpty();
  }
}
