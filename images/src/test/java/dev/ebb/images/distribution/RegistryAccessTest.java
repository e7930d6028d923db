package dev.ebb.images.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.images.Blobs;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.PullCredentials.Entry;
import dev.ebb.images.testing.FakeRegistry;
import dev.ebb.images.testing.FakeRegistry.Request;
import dev.ebb.images.testing.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who may pull, and who is told which secret.
class RegistryAccessTest {
  private static final byte[] LAYER = "layer".getBytes(UTF_8);
  private static final Credential ANNE = new Credential("anne", "geheim");

  @TempDir Path directory;
  private final FakeRegistry registry = new FakeRegistry();
  private final FakeRegistry other = new FakeRegistry();
  private Instant now = Instant.parse("2026-11-01T00:00:00Z");
  private Puller puller;

  @BeforeEach
  void open() throws IOException {
    puller = puller(RegistriesConfig.DEFAULT);
    registry.image("app", "v1", FakeRegistry.config("amd64"), LAYER);
  }

  @AfterEach
  void close() {
    puller.close();
    registry.close();
    other.close();
  }

  @Test
  void aNameAndPasswordAreSentWhenTheyAreAskedFor() {
    registry.requireBasic("anne", "geheim");

    pull(credentials(ANNE));

    assertThat(registry.requests())
        .filteredOn(it -> it.path().contains("/manifests/"))
        .extracting(Request::authorization)
        .containsExactly("", "Basic YW5uZTpnZWhlaW0=");
  }

  @Test
  void aTokenIsFetchedOnceAndUsedUntilItExpires() {
    registry.requireToken("anne", "geheim", 300);

    pull(credentials(ANNE));
    now = now.plusSeconds(200);
    pull(credentials(ANNE));
    assertThat(tokensGiven()).isEqualTo(1);

    now = now.plusSeconds(100);
    pull(credentials(ANNE));
    assertThat(tokensGiven()).isEqualTo(2);
  }

  @Test
  void aPermitSaysForWhichCredentialItWasGiven() {
    var digest = puller.resolve(reference(), credentials(ANNE)).digest();
    var image = reference().withDigest(digest);
    assertThat(puller.resolve(image, PullCredentials.none()))
        .isEqualTo(new Permit(digest, Optional.empty()));

    registry.requireBasic("anne", "geheim");
    var wrong = new Credential("anne", "falsch");
    assertThat(puller.resolve(image, credentials(wrong).and(credentials(ANNE))))
        .isEqualTo(new Permit(digest, Optional.of(ANNE)));
    assertThatThrownBy(() -> puller.resolve(image, credentials(wrong)))
        .extracting("reason")
        .isEqualTo(Reason.UNAUTHORIZED);
    var absent = image.withDigest("sha256:" + "0".repeat(64));
    assertThatThrownBy(() -> puller.resolve(absent, credentials(ANNE)))
        .extracting("reason")
        .isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void aRevokedTokenIsReplaced() {
    registry.requireToken("anne", "geheim", 300);
    pull(credentials(ANNE));

    registry.revokeTokens();
    registry.image("app", "v1", FakeRegistry.config("amd64"), "new".getBytes(UTF_8));
    pull(credentials(ANNE));

    assertThat(tokensGiven()).isEqualTo(2);
  }

  @Test
  void anybodyGetsATokenForWhatIsPublic() {
    registry.requireToken("", "", 60);

    pull(PullCredentials.none());

    assertThat(registry.requests())
        .filteredOn(it -> it.path().equals("/token"))
        .extracting(Request::authorization)
        .containsExactly("");
  }

  @Test
  void aRefreshTokenIsExchanged() {
    registry.requireToken("anne", "refresh-1", 60);

    pull(credentials(new Credential("", "", "refresh-1")));

    assertThat(registry.requests())
        .filteredOn(it -> it.path().equals("/token"))
        .extracting(Request::method)
        .containsExactly("POST");
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void oneOfSeveralCredentialsIsEnough(boolean tokens) {
    if (tokens) {
      registry.requireToken("anne", "geheim", 60);
    } else {
      registry.requireBasic("anne", "geheim");
    }
    pull(credentials(new Credential("bob", "x"), ANNE));
  }

  @ParameterizedTest
  @CsvSource({
    "true, anne, falsch, for user 'anne' (incorrect password)",
    "true, '', '', : it does not exist or needs an imagePullSecret",
    "false, anne, falsch, for user 'anne'",
    "false, '', '', : it does not exist or needs an imagePullSecret",
  })
  void withoutTheRightOnesItIsDenied(
      boolean tokens, String username, String password, String words) {
    if (tokens) {
      registry.requireToken("anne", "geheim", 60);
    } else {
      registry.requireBasic("anne", "geheim");
    }
    var credentials =
        username.isEmpty()
            ? PullCredentials.none()
            : credentials(new Credential(username, password));

    assertThatThrownBy(() -> pull(credentials))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAUTHORIZED))
        .hasMessageContaining(
            "pull access denied by " + registry.host() + words.replaceFirst("^for", " for"))
        .hasMessageNotContaining("falsch");
    assertThat(registry.requests()).hasSizeLessThan(8);
  }

  @Test
  void anotherHostIsNotToldTheSecret() {
    registry.requireBasic("anne", "geheim");
    other.blob("app", LAYER);
    other.blob("app", FakeRegistry.config("amd64").getBytes(UTF_8));
    registry.redirectBlobs("http://" + other.host() + "PATH");

    pull(credentials(ANNE));

    assertThat(other.requests()).hasSize(2).extracting(Request::authorization).containsOnly("");
  }

  @Test
  void theSameHostIsToldItAgain() {
    registry.requireBasic("anne", "geheim");
    registry.fail("/manifests/v1", 1, new Fault.Status(308, "Location: /v2/app/manifests/v1", ""));
    pull(credentials(ANNE));
  }

  @Test
  void aSecretForAnotherHostIsNotSent() {
    registry.requireBasic("anne", "geheim");
    var credentials = new PullCredentials(List.of(new Entry(RegistryKey.parse("ghcr.io"), ANNE)));

    assertThatThrownBy(() -> pull(credentials)).isInstanceOf(ImageException.class);
    assertThat(registry.requests()).extracting(Request::authorization).containsOnly("");
  }

  @Test
  void aMirrorIsAskedFirstAndIsNotToldTheSecretOfItsOrigin() throws IOException {
    other.image("app", "v1", FakeRegistry.config("amd64"), LAYER);
    puller.close();
    puller = puller(mirrored("http://" + other.host()));

    pull(credentials(ANNE));

    assertThat(registry.requests()).isEmpty();
    assertThat(other.requests()).extracting(Request::authorization).containsOnly("");
  }

  @ParameterizedTest
  @CsvSource({"absent", "broken", "gone", "lies"})
  void whatAMirrorCannotDoTheOriginDoes(String mirror) throws IOException {
    switch (mirror) {
      case "broken" -> other.fail("/manifests/", 1000, new Fault.Status(500, "", ""));
      case "gone" -> other.close();
      case "lies" -> {
        other.image("app", "v1", FakeRegistry.config("amd64"), LAYER);
        other.fail("/manifests/", 1000, new Fault.Corrupt());
      }
      default -> {}
    }
    var digest = puller.resolve(reference(), PullCredentials.none()).digest();
    puller.close();
    puller = puller(mirrored("http://" + other.host()));

    var image = mirror.equals("lies") ? reference().withDigest(digest) : reference();
    var pulled = puller.pull(image, PullCredentials.none(), PullListener.NONE);

    assertThat(pulled.digest()).isEqualTo(digest);
  }

  @Test
  void whenAllFailTheOriginsReasonIsTold() throws IOException {
    puller.close();
    puller = puller(mirrored("http://" + other.host() + "/prefix"));
    registry.fail("/manifests/", 1000, new Fault.Status(403, "", ""));

    assertThatThrownBy(() -> pull(PullCredentials.none()))
        .hasMessageContaining("denied by " + registry.host());
    assertThat(other.requests().getFirst().path()).isEqualTo("/prefix/v2/app/manifests/v1");
  }

  private RegistriesConfig mirrored(String mirror) {
    return RegistriesConfig.of(
        List.of(registry.host() + "=" + mirror), List.of(), Optional.empty(), Map.of());
  }

  private PullCredentials credentials(Credential... all) {
    var key = RegistryKey.parse(registry.host());
    return new PullCredentials(Arrays.stream(all).map(it -> new Entry(key, it)).toList());
  }

  private void pull(PullCredentials credentials) {
    puller.pull(reference(), credentials, PullListener.NONE);
  }

  private ImageReference reference() {
    return ImageReference.parse(registry.host() + "/app:v1");
  }

  private long tokensGiven() {
    return registry.requests().stream().filter(it -> it.path().equals("/token")).count();
  }

  private Puller puller(RegistriesConfig config) throws IOException {
    return new Puller(
        new Blobs(directory),
        config,
        Platform.of("amd64"),
        RetryPolicy.DEFAULT,
        (Duration pause) -> {},
        () -> now);
  }
}
