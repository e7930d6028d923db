package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BindAddressTest {
  @ParameterizedTest
  @CsvSource({
    "'', 127.0.0.1 0:0:0:0:0:0:0:1",
    "127.0.0.1, 127.0.0.1 0:0:0:0:0:0:0:1",
    "::1, 0:0:0:0:0:0:0:1 127.0.0.1",
    "192.0.2.7, 192.0.2.7 127.0.0.1 0:0:0:0:0:0:0:1",
    "0.0.0.0, 0.0.0.0",
    "::, 0:0:0:0:0:0:0:0"
  })
  void loopbackIsAlwaysServedAndNothingElseUnlessAskedFor(String text, String addresses) {
    assertThat(BindAddress.parse(text).stream().map(InetAddress::getHostAddress).toList())
        .isEqualTo(List.of(addresses.split(" ")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"everywhere", "localhost", "1.2.3.256", "1.2.3.4:80"})
  void aNameIsNoAddress(String text) {
    assertThatThrownBy(() -> BindAddress.parse(text))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("is no IP address");
  }

  @Test
  void aServerListensOnLoopbackUnlessItIsTold() {
    assertThat(
            new ServerConfig(Path.of(""), Path.of(""), 0, 0, 0, true, true, true, "auto", false)
                .addresses())
        .allMatch(InetAddress::isLoopbackAddress);
  }
}
