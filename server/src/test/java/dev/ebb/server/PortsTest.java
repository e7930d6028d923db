package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTest {
  @Test
  void aPortInUseIsRefusedOrMoved() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      assertThat(Ports.choose(port, "--port", true)).isZero();
      assertThatThrownBy(() -> Ports.choose(port, "--port", false))
          .isInstanceOf(StartupException.class)
          .hasMessageContaining("port " + port + " is in use")
          .hasMessageContaining("--port PORT");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65_536})
  void aNumberThatIsNoPortIsRefusedEvenWhenItMayMove(int port) {
    assertThatThrownBy(() -> Ports.choose(port, "--api-port", true))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("--api-port " + port + " is no port");
  }

  @Test
  void zeroStaysZero() {
    assertThat(Ports.choose(0, "--port", false)).isZero();
  }
}
