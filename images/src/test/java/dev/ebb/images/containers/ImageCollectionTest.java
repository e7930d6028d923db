package dev.ebb.images.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.images.distribution.ImageReference;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ImageCollectionTest extends ImageMachine {
  @Test
  void whatNothingUsesGoesByAgeButWhatIsOnlyHereStays() throws IOException {
    var old = remote.serve(TAGGED, ImageFiles.of("1"));
    images.open(TAGGED, NONE).close();
    var used = ImageReference.parse("example.com/used:v1");
    remote.serve(used, ImageFiles.of("2"));
    images.open(used, NONE).close();
    inUse.add(used.toString());
    var loaded = ImageReference.parse("example.com/loaded:v1");
    var local = store(ImageFiles.of("3"));
    images.name(loaded, local.manifest);

    assertThat(collector.collect(CollectionPolicy.DEFAULT).images()).isEmpty();
    now = now.plus(Duration.ofDays(31));
    var report = collector.collect(CollectionPolicy.DEFAULT);

    assertThat(report.images()).containsExactly(TAGGED.toString());
    assertThat(report.bytes()).isPositive();
    assertThat(names()).containsExactly(loaded.toString(), used.toString());
    assertThat(blobs.has(old.manifest)).isFalse();
    assertThat(blobs.has(local.manifest)).isTrue();
    assertThat(images.isReady(used)).isTrue();
    assertThat(images.isReady(loaded)).isTrue();
    assertThat(directory.resolve("layers/sha256").toFile().list()).hasSize(2);
  }

  @Test
  void whatIsHeldStaysAlsoWithoutAName() throws IOException {
    remote.serve(TAGGED, ImageFiles.of("1"));
    var image = images.open(TAGGED, NONE);
    images.remove(TAGGED);
    now = now.plus(Duration.ofDays(31));

    collector.collect(CollectionPolicy.ALL);
    assertThat(image.layers().getFirst().resolve("hello")).hasContent("1");
    assertThat(blobs.has(image.digest())).isTrue();

    image.close();
    image.close();
    collector.collect(CollectionPolicy.ALL);
    assertThat(image.layers().getFirst()).doesNotExist();
    assertThat(blobs.has(image.digest())).isFalse();
  }

  @Test
  void whenItIsNotKnownWhatIsInUseNothingGoes() {
    remote.serve(TAGGED, ImageFiles.of("1"));
    images.open(TAGGED, NONE).close();
    now = now.plus(Duration.ofDays(31));
    inUse.add("fail");

    assertThatThrownBy(() -> collector.collect(CollectionPolicy.ALL))
        .isInstanceOf(IllegalStateException.class);
    assertThat(images.isReady(TAGGED)).isTrue();
  }

  @Test
  void imagesGoForWantOfSpaceLeastRecentlyUsedFirst() {
    var first = ImageReference.parse("example.com/first:v1");
    remote.serve(first, ImageFiles.of("1"));
    images.open(first, NONE).close();
    now = now.plus(Duration.ofMinutes(5));
    remote.serve(TAGGED, ImageFiles.of("2"));
    images.open(TAGGED, NONE).close();

    // No disk is less than 0 percent full, so all go that are old enough.
    var full = new CollectionPolicy(Duration.ofDays(30), -1, -1, Duration.ofMinutes(2));
    assertThat(collector.collect(full).images()).containsExactly(first.toString());
    now = now.plus(Duration.ofMinutes(5));
    assertThat(collector.collect(full).images()).containsExactly(TAGGED.toString());
  }

  @Test
  void theRegistryIsAskedToCollectByTheSameRulesButKeepsWhatIsAnHourYoung() throws IOException {
    now = Instant.parse("2026-01-01T00:00:00Z");
    var used = "sha256:" + "a".repeat(64);
    inUse.add("registry.ebb.dev/shop/app@" + used);
    remote.serve(TAGGED, ImageFiles.of("1"));
    try (var held = images.open(TAGGED, NONE)) {
      collector.collect(CollectionPolicy.DEFAULT);
      collector.collect(CollectionPolicy.ALL);
      collector.collect(new CollectionPolicy(Duration.ofDays(30), -1, -1, Duration.ofHours(2)));
      assertThat(pushes.asked)
          .containsOnlyKeys(
              now.minus(Duration.ofDays(30)),
              now.minus(Duration.ofHours(1)),
              now.minus(Duration.ofHours(2)))
          .allSatisfy((before, digests) -> assertThat(digests).contains(used, held.digest()));
    }
  }
}
