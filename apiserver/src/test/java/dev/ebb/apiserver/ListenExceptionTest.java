package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A second address where somebody else listens is no address that the machine lacks.
class ListenExceptionTest {
  @Test
  void whoeverListensAlreadyIsTold() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertListens("127.0.0.1", other.getLocalPort(), /* inUse= */ true);
    }
  }

  /// Of the documentation's network (RFC 5737), which is no machine's.
  @Test
  void anAddressThatTheMachineLacksIsNotInUse() {
    assertListens("192.0.2.1", 6443, /* inUse= */ false);
  }

  private static void assertListens(String address, int port, boolean inUse) {
    var there = new InetSocketAddress(InetAddress.ofLiteral(address), port);
    assertThatThrownBy(() ->
            Listener.start(
                there, Optional.empty(), ServerLimits.DEFAULT, (request, response) -> {}))
        .isInstanceOf(ListenException.class)
        .hasMessageContaining(address)
        .returns(inUse, failure -> ((ListenException) failure).inUse());
  }
}
