package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestLogTest {
  @TempDir Path directory;

  /// What came, while the log was on.
  private static final class Log implements RequestLog {
    final Queue<Entry> entries = new ConcurrentLinkedQueue<>();
    volatile boolean on;

    @Override
    public boolean isOn() {
      return on;
    }

    @Override
    public void request(Entry entry) {
      entries.add(entry);
    }
  }

  @Test
  void whatAnInstanceGotIsToldWhileTheLogIsOn() throws IOException {
    Log log = new Log();
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, Upstream.echoing());
        Fixture.Client client = fixture.connect()) {
      fixture.gateway.log(log);
      fixture.ready("i1", upstream);
      assertThat(client.send("GET /off HTTP/1.1\r\nHost: a\r\n\r\n").response()).contains("200");
      await().until(() -> fixture.log.size() == 1);
      log.on = true;
      client.send(
          "POST /p?q=1 HTTP/1.1\r\nHost: a\r\nX-Two: 1\r\nx-two: 2\r\nContent-Length: 2\r\n\r\nhi");
      String body = "POST /p?q=1 HTTP/1.1\nhi";
      assertThat(client.response()).endsWith(body);
      // Nothing of it reaches an instance.
      client.send("GET / HTTP/1.1\r\nHost: a\r\nK-Network-Probe: probe\r\n\r\n");
      assertThat(client.response()).contains("200");
      await().until(() -> fixture.log.size() == 3);
      assertThat(log.entries)
          .singleElement()
          .satisfies(entry -> {
            assertThat(entry.headers()).containsEntry("x-two", "1, 2");
            assertThat(entry.client()).matches("127\\.0\\.0\\.1:\\d+");
            assertThat(entry.total()).isPositive();
            assertThat(entry)
                .usingRecursiveComparison()
                .ignoringFields("headers", "client", "total")
                .isEqualTo(
                    new RequestLog.Entry(
                        Fixture.REVISION,
                        Fixture.instance("i1"),
                        "",
                        "POST",
                        "/p?q=1",
                        "a",
                        "HTTP/1.1",
                        "",
                        2,
                        Map.of(),
                        200,
                        body.length(),
                        Duration.ZERO));
            assertThat(entry.isProbe()).isFalse();
          });
    }
  }
}
