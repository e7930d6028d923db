package dev.ebb.images.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.images.distribution.Credential;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.ImageReference;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Who may open what another pulled.
class SharedContentTest extends ImageMachine {
  @Test
  void contentIsForThoseToWhomItsRegistryGivesIt() throws IOException {
    var image = TAGGED.withDigest(remote.serve(TAGGED, ImageFiles.of("1")).manifest);
    var mine = credentials("anne");
    remote.accepted.add(new Credential("anne", "geheim"));
    images.open(TAGGED, mine).close();

    assertThatThrownBy(() -> images.open(image, NONE))
        .extracting("reason")
        .isEqualTo(Reason.UNAUTHORIZED);
    assertThatThrownBy(() -> images.open(image, credentials("ben")))
        .extracting("reason")
        .isEqualTo(Reason.UNAUTHORIZED);
    remote.accepted.add(new Credential("ben", "geheim"));
    images.open(image, credentials("ben")).close();

    remote.asked.clear();
    reopen("boot-1");
    images.open(image, mine).close();
    images.open(image, credentials("ben")).close();
    assertThat(remote.asked).as("who has shown it is not asked again").isEmpty();
    assertThat(remote.pulls).hasSize(1);
    images.hold(image).orElseThrow().close();
    assertThat(remote.asked).as("what runs already is held").isEmpty();
  }

  @Test
  void aDigestIsHadByTheNameOfARepositoryThatHasIt() {
    var digest = remote.serve(TAGGED, ImageFiles.of("1")).manifest;
    images.open(TAGGED, NONE).close();

    var elsewhere = ImageReference.parse("example.com/other").withDigest(digest);
    assertThatThrownBy(() -> images.open(elsewhere, NONE))
        .extracting("reason")
        .isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void withoutANetworkWhatWasShownBeforeCounts() {
    var image = TAGGED.withDigest(remote.serve(TAGGED, ImageFiles.of("1")).manifest);
    remote.accepted.add(new Credential("anne", "geheim"));
    images.open(TAGGED, credentials("anne")).close();
    remote.failure = Optional.of(Reason.UNREACHABLE);

    images.open(TAGGED, credentials("anne")).close();
    for (var reference : List.of(TAGGED, image)) {
      assertThatThrownBy(() -> images.open(reference, credentials("ben")))
          .extracting("reason")
          .isEqualTo(Reason.UNREACHABLE);
    }
  }

  @Test
  void whatWasLoadedIsForAllUnderAnyNameButWhatWasPushedIsNot() throws IOException {
    remote.failure = Optional.of(Reason.UNREACHABLE);
    var digest = store(ImageFiles.of("1")).manifest;
    var elsewhere = ImageReference.parse("example.com/other").withDigest(digest);
    var pushed = ImageReference.parse(LocalImages.REGISTRY + "/shop/hello:v1");
    images.open(pushed.withDigest(digest), NONE).close();
    assertThatThrownBy(() -> images.open(elsewhere, NONE))
        .extracting("reason")
        .isEqualTo(Reason.UNREACHABLE);

    images.name(TAGGED, digest);
    images.open(elsewhere, NONE).close();
  }
}
