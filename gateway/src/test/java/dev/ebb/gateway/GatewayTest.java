package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.GatewayControl.Entrance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.dataplane.RouteTarget;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GatewayTest {
  @TempDir Path directory;

  @Test
  void aRequestIsForwardedAndItsConnectionKept() throws IOException {
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, Upstream.echoing());
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      for (int i = 0; i < 3; i++) {
        String response = client.send("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n").response();
        assertThat(response).startsWith("HTTP/1.1 200").contains("GET /a?b=c HTTP/1.1");
        assertThat(response.toLowerCase(java.util.Locale.ROOT)).contains("x-request-id: ");
      }
      assertThat(upstream.connections).hasValue(1);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.ebb.gateway.Fixture#transports")
  void whoComesBeforeTheFirstTableWaitsForIt(Transport transport) throws IOException {
    GatewayConfig config =
        GatewayConfig.defaults(0)
            .withTransport(transport)
            .withAddresses(List.of(InetAddress.getLoopbackAddress()));
    try (Gateway gateway = new Gateway(config, demand -> {}, stuck -> {})) {
      gateway.start();
      assertThat(gateway.isListening()).isTrue();
      try (Fixture.Client client =
          new Fixture.Client(new Socket(InetAddress.getLoopbackAddress(), gateway.port()))) {
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        var nowhere = new RouteTarget.Unavailable("Early", "but routed");
        gateway.routes(RouteTable.of(Fixture.everything(nowhere)));
        assertThat(client.response()).startsWith("HTTP/1.1 503").contains("Early");
      }
    }
  }

  /// Below those that Linux gives to whoever asks for any: nobody gets it meanwhile, and nobody who
  /// connects to it comes from it.
  private static int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 32_768);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // Another one.
      }
    }
  }

  @Test
  void itAnswersAtOtherPortsAsLongAsItIsAskedTo() throws IOException {
    try (Fixture fixture = Fixture.start();
        ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int taken = other.getLocalPort();
      int free = freePort();
      assertThat(fixture.gateway.listenAlso(Map.of(free, Entrance.HTTP, taken, Entrance.HTTP)))
          .containsOnlyKeys(taken);
      new Socket(InetAddress.getLoopbackAddress(), free).close();
      try (Fixture.Client client =
          new Fixture.Client(new Socket(InetAddress.getLoopbackAddress(), free))) {
        assertThat(client.send("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").response())
            .startsWith("HTTP/1.1 204");
      }
      assertThat(fixture.gateway.listenAlso(Map.of(free, Entrance.HTTPS))).isEmpty();
      try (Fixture.Client client =
          new Fixture.Client(new Socket(InetAddress.getLoopbackAddress(), free))) {
        assertThat(client.send("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").response())
            .contains("this port speaks HTTPS");
      }
      assertThat(fixture.gateway.listenAlso(Map.of())).isEmpty();
      assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), free).close())
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aRequestWaitsForTheFirstInstanceAndAsksForIt() throws IOException {
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, Upstream.echoing());
        Fixture.Client client = fixture.connect()) {
      client.send("POST /late HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
      await().until(() -> fixture.demands.contains(Fixture.REVISION));
      fixture.ready("i1", upstream);
      assertThat(client.response()).startsWith("HTTP/1.1 200").endsWith("hello");
    }
  }

  @Test
  void aFailedStartIsToldToTheRequestsThatWait() throws IOException {
    try (Fixture fixture = Fixture.start();
        Fixture.Client client = fixture.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      await().until(() -> !fixture.demands.isEmpty());
      fixture.gateway.onInstanceEvent(Fixture.event("i1", Phase.STARTING, Optional.empty()));
      fixture.gateway.onInstanceEvent(
          Fixture.event(
              "i1",
              Phase.EXITED,
              Optional.empty(),
              true,
              Optional.of(new ExitStatus(78, 0, "Error", "no handler\nsecond line"))));
      assertThat(client.response())
          .startsWith("HTTP/1.1 503")
          .contains("\"reason\":\"InstanceStartFailed\"", "exit code 78", "no handler")
          .doesNotContain("second line");
    }
  }
}
