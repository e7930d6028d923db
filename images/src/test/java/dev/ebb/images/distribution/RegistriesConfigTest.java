package dev.ebb.images.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The pure parts of reaching a registry: options, proxies, challenges, retries.
class RegistriesConfigTest {
  @Test
  void mirrorsAreAskedInTheirOrder() {
    var config =
        RegistriesConfig.of(
            List.of("docker.io=https://m1.example/", "docker.io=http://m2:5000/hub"),
            List.of("Test:5000"),
            Optional.empty(),
            Map.of());
    assertThat(config.mirrors().get("docker.io"))
        .containsExactly(URI.create("https://m1.example"), URI.create("http://m2:5000/hub"));
    assertThat(config.insecure()).containsExactly("test:5000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docker.io",
        "=https://m",
        "docker.io=",
        "docker.io=m.example",
        "docker.io=ftp://m",
        "docker.io=https://user:geheim@m",
        "docker.io=https://m?x=1",
        "https://docker.io=https://m",
      })
  void whatIsNoMirrorIsRefused(String option) {
    assertThatThrownBy(
            () -> RegistriesConfig.of(List.of(option), List.of(), Optional.empty(), Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "https://ghcr.io/v2/, \"\", http://p:3128",
        "https://ghcr.io/v2/, ghcr.io, direct",
        "https://ghcr.io/v2/, .ghcr.io, http://p:3128",
        "https://a.ghcr.io/v2/, .ghcr.io, direct",
        "https://a.ghcr.io/v2/, *.ghcr.io, direct",
        "https://a.ghcr.io/v2/, ghcr.io, direct",
        "https://evilghcr.io/v2/, ghcr.io, http://p:3128",
        "https://ghcr.io/v2/, *, direct",
        "https://ghcr.io:444/v2/, ghcr.io:443, http://p:3128",
        "https://ghcr.io/v2/, ghcr.io:443, direct",
        "https://ghcr.io/v2/, \"a.io, GHCR.io \", direct",
        "https://localhost:5000/v2/, \"\", direct",
        "https://127.1.2.3/v2/, \"\", direct",
        "https://[::1]/v2/, \"\", direct",
        "http://ghcr.io/v2/, \"\", http://q:80",
      })
  void proxiesAreChosenAsByGoPrograms(String url, String noProxy, String proxy) {
    var settings =
        ProxySettings.of(
            Map.of("https_proxy", "p:3128", "HTTP_PROXY", "http://q", "NO_PROXY", noProxy));
    assertThat(settings.proxyFor(URI.create(url)).map(URI::toString).orElse("direct"))
        .isEqualTo(proxy);
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://p", "http://", "http://user:geheim@p:1", "a b"})
  void aProxyThatCannotBeUsedIsToldWithoutItsPassword(String proxy) {
    assertThatThrownBy(() -> ProxySettings.of(Map.of("HTTPS_PROXY", proxy)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("HTTPS_PROXY is not")
        .hasMessageNotContaining("geheim");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "Basic realm=\"a b\" | basic{realm=a b}",
        "Bearer realm=\"https://a/t\",service=\"a, or \\\"b\\\"\",scope=x | bearer{realm=https://a/t,"
            + " scope=x, service=a, or \"b\"}",
        "basic Realm=x, BEARER realm=\"y\" | basic{realm=x} bearer{realm=y}",
        "Negotiate, Basic realm=x | basic{realm=x} negotiate{}",
        "~~ | ~~",
        "= , \" | ~~",
        "Bearer realm=\"open | bearer{realm=}",
      })
  void challengesAreRead(String header, String expected) {
    assertThat(
            AuthChallenge.parse(header).stream()
                .map(it -> it.scheme() + new TreeMap<>(it.parameters()))
                .sorted()
                .toList())
        .isEqualTo(expected.isEmpty() ? List.of() : List.of(expected.split("(?<=}) ")));
  }

  @Test
  void aTokenServerIsPreferred() {
    var chosen = AuthChallenge.choose(List.of("Basic realm=x", "Bearer realm=\"y\""));
    assertThat(chosen.orElseThrow().scheme()).isEqualTo("bearer");
    assertThat(AuthChallenge.choose(List.of("Bearer x=y", "Negotiate"))).isEmpty();
    assertThat(AuthChallenge.choose(List.of("a".repeat(1 << 20)))).isEmpty();
  }

  @Test
  void pausesGrowAndEndAndARegistryMayAskForLongerOnes() {
    var policy = new RetryPolicy(4, Duration.ofMillis(200), Duration.ofSeconds(30), new Random(1));
    assertThat(policy.pauseAfter(1, Optional.empty()).orElseThrow())
        .isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
    assertThat(policy.pauseAfter(3, Optional.empty()).orElseThrow())
        .isBetween(Duration.ofMillis(400), Duration.ofMillis(800));
    assertThat(policy.pauseAfter(4, Optional.empty())).isEmpty();
    assertThat(policy.pauseAfter(1, Optional.of(Duration.ofSeconds(9))))
        .hasValue(Duration.ofSeconds(9));
    assertThat(policy.pauseAfter(1, Optional.of(Duration.ofSeconds(31)))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "7, 7",
    "'Sun, 01 Nov 2026 00:01:00 GMT', 60",
    "soon, -1",
    "-5, -1",
    "99999999999999999999, -1",
  })
  void retryAfterIsSecondsOrADate(String value, long seconds) {
    var now = Instant.parse("2026-11-01T00:00:00Z");
    assertThat(RegistryErrors.retryAfter(value, now).map(Duration::toSeconds).orElse(-1L))
        .isEqualTo(seconds);
  }
}
