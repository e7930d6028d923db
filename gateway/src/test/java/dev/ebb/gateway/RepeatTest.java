package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.dataplane.RouteTarget;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests that find nobody, or lose who had them (decision 0053).
@Timeout(300)
class RepeatTest {
  private static final RevisionId OTHER = new RevisionId("default", "hello-00002");

  @TempDir Path directory;

  /// The instance takes a request on each of its first connections, and closes it without a word.
  @ParameterizedTest
  @CsvSource({
    "GET, 0, 1, 200",
    "GET, 0, 2, 502",
    "HEAD, 0, 1, 200",
    "PUT, 10, 1, 200",
    "PUT, 60000, 1, 200",
    "PUT, 100000, 1, 502",
    "DELETE, 10, 1, 200",
    "POST, 0, 1, 502",
    "POST, 10, 1, 502",
    "PATCH, 10, 1, 502",
  })
  void aRequestWhoseNewConnectionBreaks(String method, int bytes, int broken, int status)
      throws IOException {
    AtomicInteger connections = new AtomicInteger();
    Upstream.Script script =
        c -> {
          boolean answers = connections.incrementAndGet() > broken;
          String head = c.head();
          byte[] body = c.body(head);
          if (answers) {
            c.answer(200, method.equals("HEAD") ? "" : body.length + " bytes");
          }
        };
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, script);
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      String head = method + " / HTTP/1.1\r\nHost: a\r\nContent-Length: " + bytes + "\r\n\r\n";
      assertThat(client.send(head + "x".repeat(bytes)).response())
          .startsWith("HTTP/1.1 " + status)
          .contains(
              status != 200 ? "UpstreamFailed" : method.equals("HEAD") ? "" : bytes + " bytes");
    }
  }

  @Test
  void aRequestThatNobodyTookWaitsForTheNextInstanceAndIsForwardedAsAnyOther() throws IOException {
    Upstream.Script script =
        c -> {
          String head = c.head();
          c.answer(200, head);
        };
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, script);
        Fixture.Client client = fixture.connect()) {
      fixture.gateway.onInstanceEvent(
          Fixture.event(
              "gone",
              Phase.READY,
              Optional.of(UnixDomainSocketAddress.of(directory.resolve("gone")))));
      client.send(
          "POST / HTTP/1.1\r\nHost: a\r\nConnection: x-own\r\nX-Own: 1\r\nContent-Length: 0\r\n\r\n");
      // It was refused, and asks for an instance.
      await().until(() -> !fixture.demands.isEmpty());
      fixture.ready("i2", upstream);
      assertThat(client.response())
          .startsWith("HTTP/1.1 200")
          .containsIgnoringCase("\r\nx-request-id: ")
          .containsIgnoringCase("\r\nforwarded: ")
          .doesNotContainIgnoringCase("x-own");
    }
  }

  @Test
  void aRequestThatWaitsForARevisionThatIsRemovedGoesWhereTheRoutesLeadNow() throws IOException {
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, Upstream.echoing());
        Fixture.Client client = fixture.connect()) {
      client.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
      await().until(() -> !fixture.demands.isEmpty());
      fixture.gateway.revision(OTHER, Fixture.limits(0));
      fixture.gateway.onInstanceEvent(
          new InstanceEvent.PhaseChanged(
              new Instance(
                  new InstanceId("other"),
                  OTHER,
                  Phase.READY,
                  Optional.of(upstream.address),
                  1,
                  Instant.EPOCH,
                  Optional.empty(),
                  true,
                  Optional.empty())));
      fixture.gateway.routes(RouteTable.of(Fixture.everything(new RouteTarget.Revision(OTHER))));
      fixture.gateway.removeRevision(Fixture.REVISION);
      assertThat(client.response()).startsWith("HTTP/1.1 200").endsWith("POST /p HTTP/1.1\nhi");
    }
  }

  @Test
  void aRequestWhoseRevisionIsRemovedWhileItsRouteStaysIsTold() throws IOException {
    try (Fixture fixture = Fixture.start();
        Fixture.Client client = fixture.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      await().until(() -> !fixture.demands.isEmpty());
      fixture.gateway.removeRevision(Fixture.REVISION);
      assertThat(client.response()).startsWith("HTTP/1.1 503").contains("RevisionUnknown");
    }
  }
}
