package dev.ebb.images.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.images.distribution.ImageException.Reason;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PullCredentialsTest {
  private static final String TYPE = "kubernetes.io/dockerconfigjson";

  @ParameterizedTest
  @CsvSource({
    "ghcr.io, ghcr.io/a/b, true",
    "https://ghcr.io, ghcr.io/a/b, true",
    "https://ghcr.io/v2/, ghcr.io/a/b, true",
    "https://ghcr.io/v1/a, ghcr.io/a/b, true",
    "ghcr.io/a, ghcr.io/a/b, true",
    "ghcr.io/b, ghcr.io/a/b, false",
    "ghcr.io, ghcr.io:443/a/b, false",
    "ghcr.io:443, ghcr.io:443/a, true",
    "localhost:5000, localhost:5000/a, true",
    "localhost:5000, localhost:5001/a, false",
    "[::1]:5000, [::1]:5000/a, true",
    "*.dkr.io, x.dkr.io/a, true",
    "*.dkr.io, dkr.io/a, false",
    "*.dkr.io, y.x.dkr.io/a, false",
    "*.*.dkr.io, y.x.dkr.io/a, true",
    "pre*x.dkr.io, prefix.dkr.io/a, true",
    "p*e*x.dkr.io, prefix.dkr.io/a, true",
    "p*e*y.dkr.io, prefix.dkr.io/a, false",
    "pre?ix.dkr.io, prefix.dkr.io/a, true",
    "*, ghcr.io/a, false",
    "https://index.docker.io/v1/, nginx, true",
    "index.docker.io, team/app:v1, true",
    "docker.io, nginx, true",
    "docker.io/team, nginx, false",
    "docker.io/team, team/app, true",
    "ghcr.io, nginx, false",
    "evil.io, ghcr.io/a, false",
    "hcr.io, ghcr.io/a, false",
  })
  void aCredentialIsForTheImagesThatItsKeyMatches(String key, String image, boolean matches) {
    var credentials = secret("{'auths':{'%s':{'username':'u','password':'p'}}}".formatted(key));

    assertThat(credentials.matching(ImageReference.parse(image)))
        .isEqualTo(matches ? List.of(new Credential("u", "p")) : List.of());
  }

  @Test
  void allThatMatchAreTriedAndLongerKeysFirst() {
    var first =
        secret("{'auths':{'a.io':{'auth':'dTE6cDE='},'a.io/team':{'auth':'dTI6cDpwMg=='}}}");
    var old =
        PullCredentials.ofSecret(
            "kubernetes.io/dockercfg",
            Map.of(
                ".dockercfg",
                json("{'a.io':{'username':'u3','password':'p3','identitytoken':'t'}}")));

    assertThat(first.and(old).matching(ImageReference.parse("a.io/team/app")))
        .extracting(Credential::username)
        .containsExactly("u2", "u1", "u3");
    assertThat(old.entries().getFirst().credential().identityToken()).isEqualTo("t");
    assertThat(first.and(PullCredentials.none())).isEqualTo(first);
  }

  @Test
  void aSecretOfAnotherTypeHasNone() {
    assertThat(PullCredentials.ofSecret("Opaque", Map.of("a", json("{}"))))
        .isEqualTo(PullCredentials.none());
  }

  @Test
  void aPasswordIsNotPrinted() {
    var credentials = secret("{'auths':{'a.io':{'username':'u','password':'geheim'}}}");
    assertThat(credentials.toString()).contains("u").doesNotContain("geheim");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ".other | {} | has no key '.dockerconfigjson'",
        ".dockerconfigjson | {geheim | is not JSON",
        ".dockerconfigjson | {'auths':{'a':{'auth':'@geheim'}}} | not base64",
        ".dockerconfigjson | {'auths':{'a':{'auth':'Z2VoZWlt'}}} | not base64 of 'username:password'",
      })
  void aMalformedSecretIsRefusedWithoutShowingIt(String key, String value, String why) {
    assertThatThrownBy(() -> PullCredentials.ofSecret(TYPE, Map.of(key, json(value))))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID))
        .hasMessageContaining(why)
        .hasMessageNotContaining("geheim");
  }

  private static PullCredentials secret(String json) {
    return PullCredentials.ofSecret(TYPE, Map.of(".dockerconfigjson", json(json)));
  }

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(UTF_8);
  }
}
