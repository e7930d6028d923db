package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.images.distribution.RegistriesConfig;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class RegistryOptionsTest {
  @Command
  private static final class Holder {
    @Mixin private RegistryOptions options = new RegistryOptions();
  }

  @Test
  void mirrorsInsecureHostsAndProxiesAreTaken() {
    RegistriesConfig config =
        parse(
            Map.of("HTTPS_PROXY", "http://proxy:3128"),
            "--registry-mirror",
            "docker.io=https://a.example",
            "--registry-mirror=docker.io=https://b.example",
            "--insecure-registry=lab:5000");

    assertThat(config.mirrors().get("docker.io"))
        .containsExactly(URI.create("https://a.example"), URI.create("https://b.example"));
    assertThat(config.insecure()).containsExactly("lab:5000");
    assertThat(config.proxies().https()).hasValue(URI.create("http://proxy:3128"));
    assertThat(config.certificates()).isEmpty();
  }

  @Test
  void nothingIsTheDefault() {
    assertThat(parse(Map.of())).isEqualTo(RegistriesConfig.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({
    "--registry-mirror=docker.io, '', is not HOST=URL",
    "--registry-mirror=docker.io=mirror, '', is not http",
    "--insecure-registry=https://lab, '', is not HOST or HOST:PORT",
    "--registry-ca=/does/not/exist, '', cannot read /does/not/exist",
    "--insecure-registry=lab, socks5://proxy, HTTPS_PROXY is not",
  })
  void whatCannotBeMeantIsRefused(String option, String proxy, String why) {
    assertThatThrownBy(() -> parse(Map.of("HTTPS_PROXY", proxy), option))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining(why);
  }

  private static RegistriesConfig parse(Map<String, String> environment, String... arguments) {
    Holder holder = new Holder();
    new CommandLine(holder).parseArgs(arguments);
    return holder.options.config(environment);
  }
}
