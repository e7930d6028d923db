package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  /// How often it was tried, and whether it started, when so many first attempts find a port taken.
  @ParameterizedTest
  @CsvSource({
    "false, 8080, 0, 1, true",
    "false, 8080, 1, 1, false",
    "true, 8080, 1, 2, true",
    "true, 8080, 2, 3, true",
    "true, 8080, 3, 3, false",
    "false, 0, 1, 2, true",
    "false, 0, 3, 3, false"
  })
  void aPortThatIsTakenMeanwhileMoves(
      boolean mayMove, int port, int taken, int attempts, boolean started) {
    ServerConfig config =
        new ServerConfig(
            Path.of("home"),
            Path.of("data"),
            port,
            6443,
            8082,
            mayMove,
            false,
            true,
            "auto",
            false);
    List<ServerConfig> tried = new ArrayList<>();
    Function<ServerConfig, String> attempt =
        with -> {
          tried.add(with);
          if (tried.size() <= taken) {
            throw new NotListeningException("port 6443 is in use", new IOException());
          }
          return "started";
        };
    if (started) {
      assertThat(Ports.start(config, attempt)).isEqualTo("started");
    } else {
      assertThatThrownBy(() -> Ports.start(config, attempt))
          .isInstanceOf(StartupException.class)
          .hasMessage("cannot start: port 6443 is in use");
    }
    assertThat(tried).hasSize(attempts).startsWith(config);
    assertThat(tried.subList(1, attempts))
        .allSatisfy(again -> assertThat(again).isEqualTo(mayMove ? config.withAnyPorts() : config));
  }
}
