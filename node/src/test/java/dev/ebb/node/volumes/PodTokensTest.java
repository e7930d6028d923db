package dev.ebb.node.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.dataplane.ApiAccess;
import dev.ebb.dataplane.Volume.ServiceAccountToken;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodTokensTest implements ApiAccess {
  private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
  private static final Holder POD = new Holder("default", "bot", "box", "uid-1");

  private Instant now = START;
  private boolean account = true;
  private int made;
  private final PodTokens tokens = new PodTokens(this, () -> now);

  @Override
  public Optional<Boolean> automounts(String namespace, String name) {
    return Optional.empty();
  }

  @Override
  public Optional<Token> token(Holder holder, String audience, Duration lifetime) {
    if (!account) {
      return Optional.empty();
    }
    made++;
    return Optional.of(
        new Token(
            "%s/%s/%s#%d".formatted(holder.account(), holder.podUid(), audience, made),
            now,
            now.plus(lifetime)));
  }

  private String token(String audience, Duration lifetime) {
    return tokens.token(POD, new ServiceAccountToken(audience, lifetime, "token"));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # lifetime, age, renewed
          PT1H,       PT0S,      false
          PT1H,       PT47M59S,  false
          PT1H,       PT48M,     true
          PT10M,      PT7M59S,   false
          PT10M,      PT8M,      true
          PT10M,      PT20M,     true
          PT720H,     PT23H59M,  false
          PT720H,     PT24H,     true
          """)
  void aTokenIsMadeAgainBeforeItEnds(Duration lifetime, Duration age, boolean renewed) {
    String first = token("", lifetime);
    now = now.plus(age);
    assertThat(token("", lifetime)).isEqualTo(renewed ? "bot/uid-1/#2" : first);
  }

  @Test
  void eachAudienceHasItsOwn() {
    assertThat(token("", Duration.ofHours(1))).isEqualTo("bot/uid-1/#1");
    assertThat(token("vault", Duration.ofHours(1))).isEqualTo("bot/uid-1/vault#2");
    assertThat(token("", Duration.ofHours(1))).isEqualTo("bot/uid-1/#1");
  }

  @Test
  void theOldOneStaysUntilItsEndWhereThereCanBeNoOther() {
    String first = token("", Duration.ofHours(1));
    account = false;
    now = START.plus(Duration.ofMinutes(59));
    assertThat(token("", Duration.ofHours(1))).isEqualTo(first);
    now = START.plus(Duration.ofMinutes(60));
    assertThatThrownBy(() -> token("", Duration.ofHours(1)))
        .isInstanceOfSatisfying(VolumeException.class, e -> assertThat(e.permanent()).isFalse())
        .hasMessage("failed to fetch token: serviceaccounts \"bot\" not found");
  }

  @Test
  void aPodThatIsGoneIsForgotten() {
    token("", Duration.ofHours(1));
    tokens.forget("uid-1");
    assertThat(token("", Duration.ofHours(1))).isEqualTo("bot/uid-1/#2");
  }
}
