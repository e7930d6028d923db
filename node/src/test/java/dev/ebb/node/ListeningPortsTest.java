package dev.ebb.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.node.ListeningPorts.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListeningPortsTest {
  private static long ownSession() {
    return ProcessStat.read(ProcessHandle.current().pid()).orElseThrow().session();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.2", "::1"})
  void aPortIsFoundWhereASessionListens(String host) throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(host))) {
      assertThat(ListeningPorts.find(ownSession(), socket.getLocalPort()))
          .contains(new InetSocketAddress(host, socket.getLocalPort()));
    }
  }

  @Test
  void aPortOfAllAddressesIsReachedThroughLoopback() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      assertThat(ListeningPorts.find(ownSession(), socket.getLocalPort()))
          .hasValueSatisfying(
              address -> assertThat(address.getAddress().isLoopbackAddress()).isTrue());
    }
  }

  @Test
  void aPortOfAnotherSessionIsNotFound() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      // No session has this number: the kernel's largest process number is 2^22.
      assertThat(ListeningPorts.find(1L << 23, socket.getLocalPort())).isEmpty();
    }
  }

  @Test
  void aPortOnWhichNobodyListensIsNotFound() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    assertThat(ListeningPorts.find(ownSession(), port)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout",
        "   0: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  0 0 4711 1",
        ""
      })
  void linesOfOtherStatesAreLeftOut(String line) {
    assertThat(Listener.parse(line)).isEmpty();
  }
}
