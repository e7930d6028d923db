package dev.ebb.dialects.openfaas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.LogQuery;
import dev.ebb.dataplane.RevisionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FunctionLogsTest {
  private final World world = new World();

  @BeforeEach
  void deploy() {
    world.admin().call("POST /system/functions", "{\"service\":\"hello\",\"image\":\"x\"}");
    world.run("hello", 1, 1, 0);
    world.runOld("hello", 0, 0);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void eachLineIsAnObject() {
    world.instances.logText(
        """
        [hello-00001-a] 2026-01-01T00:00:00.5Z said "hello"
        [hello-00000-b] 2026-01-01T00:00:01Z\s
        no line of the node's
        """);
    Caller.Answer answer = world.admin().call("GET /system/logs?name=hello&tail=5&follow=false");
    assertThat(answer.headers()).containsEntry("Content-Type", "application/x-ndjson");
    assertThat(answer.body().lines())
        .containsExactly(
            "{\"name\":\"hello\",\"namespace\":\"openfaas-fn\",\"instance\":\"hello-00001-a\","
                + "\"timestamp\":\"2026-01-01T00:00:00.5Z\",\"text\":\"said \\\"hello\\\"\"}",
            "{\"name\":\"hello\",\"namespace\":\"openfaas-fn\",\"instance\":\"hello-00000-b\","
                + "\"timestamp\":\"2026-01-01T00:00:01Z\",\"text\":\"\"}",
            "{\"name\":\"hello\",\"namespace\":\"openfaas-fn\",\"instance\":\"\","
                + "\"timestamp\":\"1970-01-01T00:00:00Z\",\"text\":\"no line of the node's\"}");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          name=hello                                      |   | -1 | false |
          name=hello.openfaas-fn&namespace=openfaas-fn    |   | -1 | false |
          name=hello&tail=-1                              |   | -1 | false |
          name=hello&tail=0                               |   | -1 | false |
          name=hello&tail=7&follow=1                      |   | 7  | true  |
          name=hello&follow=true&instance=a               | a | -1 | true  |
          name=hello&since=2026-01-01T02:00:00%2B02:00    |   | -1 | false | 2026-01-01T00:00:00Z
          """)
  void whatIsAskedForIsLookedFor(
      String query, String instance, int tail, boolean follow, String since) {
    assertThat(world.admin().call("GET /system/logs?" + query).status()).isEqualTo(200);
    LogQuery asked = world.instances.logQueries().getLast();
    assertThat(asked.revisions())
        .isEqualTo(
            List.of(
                new RevisionId("openfaas-fn", "hello-00000"),
                new RevisionId("openfaas-fn", "hello-00001")));
    assertThat(asked.instance()).isEqualTo(Optional.ofNullable(instance).map(InstanceId::new));
    assertThat(asked.tailLines()).isEqualTo(tail);
    assertThat(asked.follow()).isEqualTo(follow);
    assertThat(asked.since()).isEqualTo(Optional.ofNullable(since).map(Instant::parse));
  }
}
