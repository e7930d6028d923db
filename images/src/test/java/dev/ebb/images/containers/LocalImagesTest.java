package dev.ebb.images.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.images.containers.NamedImage.Origin;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.layers.TarBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalImagesTest extends ImageMachine {
  @Test
  void anImageIsPulledAndUnpackedOnce() throws IOException {
    var image = remote.serve(TAGGED, ImageFiles.of("1"));
    var reference = TAGGED.withDigest(images.resolve(TAGGED, NONE));
    assertThat(images.isReady(reference)).isFalse();

    try (var opened = images.open(reference, NONE)) {
      assertThat(opened.digest()).isEqualTo(image.manifest);
      assertThat(opened.config().command()).containsExactly("/hello");
      assertThat(opened.layers().getFirst().resolve("hello")).hasContent("1");
    }
    images.open(reference, NONE).close();

    assertThat(images.isReady(reference)).isTrue();
    assertThat(remote.pulls).hasSize(1);
    assertThat(names()).containsExactly(reference.toString());
  }

  @Test
  void aLayerIsUnpackedWhileOthersAreOnTheirWay() {
    var image = remote.serve(TAGGED, ImageFiles.of("1"));
    remote.untilUnpacked = true; // The pull ends only when the layer is there.

    images.open(TAGGED, NONE).close();

    assertThat(images.isReady(TAGGED.withDigest(image.manifest))).isTrue();
    images.remove(TAGGED);
    assertThat(images.retainLayers()).as("nothing is held any more").isPositive();
  }

  @Test
  void aTagIsAskedForAgainAndTheLastAnswerServesWithoutANetwork() {
    var first = remote.serve(TAGGED, ImageFiles.of("1"));
    images.open(TAGGED, NONE).close();
    remote.failure = Optional.of(Reason.UNREACHABLE);
    assertThat(images.resolve(TAGGED, NONE)).isEqualTo(first.manifest);

    remote.failure = Optional.of(Reason.NOT_FOUND);
    assertThatThrownBy(() -> images.resolve(TAGGED, NONE)).isInstanceOf(ImageException.class);

    remote.failure = Optional.empty();
    var second = remote.serve(TAGGED, ImageFiles.of("2"));
    assertThat(images.resolve(TAGGED, NONE)).isEqualTo(second.manifest);
  }

  @Test
  void whatWasLoadedUnderANameGoesFirst() throws IOException {
    remote.serve(TAGGED, ImageFiles.of("remote"));
    var local = store(ImageFiles.of("local"));
    images.name(TAGGED, local.manifest);

    assertThat(images.resolve(TAGGED, NONE)).isEqualTo(local.manifest);
    images.open(TAGGED, NONE).close();
    assertThat(remote.pulls).isEmpty();
    assertThat(names()).containsExactly(TAGGED.toString());
  }

  @Test
  void imagesOfTheOwnRegistryAreNeverPulled() throws IOException {
    var own = ImageReference.parse("localhost:6443/team/app:v1");
    var image = store(ImageFiles.of("own"));
    pushed.put(ImageReference.parse("registry.ebb.dev/team/app:v1"), image.manifest);

    try (var opened = images.open(own, NONE)) {
      assertThat(opened.reference()).hasToString("registry.ebb.dev/team/app@" + image.manifest);
    }
    assertThatThrownBy(() -> images.open(ImageReference.parse("localhost:6443/other"), NONE))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
    assertThat(remote.pulls).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          registry.ebb.dev/team/app:v1,   team,  default, -
          registry.ebb.dev/team/app:v1,   other, friend,  -
          registry.ebb.dev/team/app:v1,   other, default, UNAUTHORIZED
          localhost:6443/team/app:v1,     other, default, UNAUTHORIZED
          registry.ebb.dev/team/app/b:v1, other, default, UNAUTHORIZED
          registry.ebb.dev/team-2/app:v1, team,  default, UNAUTHORIZED
          registry.ebb.dev/team/none:v1,  other, default, UNAUTHORIZED
          registry.ebb.dev/app:v1,        other, default, -
          example.com/team/app:v1,        other, default, -
          registry.ebb.dev/team/app@D,    team,  default, -
          registry.ebb.dev/team/app@D,    other, friend,  -
          registry.ebb.dev/team/app@D,    other, default, UNAUTHORIZED
          registry.ebb.dev/other/app@D,   other, default, NOT_FOUND
          registry.ebb.dev/app@D,         other, default, NOT_FOUND
          """)
  void imagesOfTheOwnRegistryAreForTheirNamespaceAndWhoMayGetThem(
      String image, String namespace, String account, @Nullable Reason refused) throws IOException {
    var digest = store(ImageFiles.of("own")).manifest;
    pushed.put(ImageReference.parse("registry.ebb.dev/team/app@" + digest), digest);
    var reference = ImageReference.parse(image.replace("@D", "@" + digest));
    var user = new ImageUser(namespace, account);

    if (refused == null) {
      assertThatCode(() -> images.require(reference, user)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> images.require(reference, user))
          .isInstanceOfSatisfying(
              ImageException.class, e -> assertThat(e.reason()).isEqualTo(refused));
    }
  }

  @Test
  void imagesShareLayersAndALayerThatIsThereTwiceIsStackedOnce() {
    var base = new TarBytes().file("base", "1").end();
    var top = new TarBytes().file("top", "2").end();
    remote.serve(TAGGED, new ImageFiles(base, top, base));
    var other = ImageReference.parse("example.com/other:v1");
    remote.serve(other, new ImageFiles(base));

    try (var first = images.open(TAGGED, NONE);
        var second = images.open(other, NONE)) {
      assertThat(first.layers()).hasSize(2);
      assertThat(first.layers().getFirst().resolve("top")).exists();
      assertThat(first.layers().getLast()).isEqualTo(second.layers().getFirst());
    }
  }

  @Test
  void nothingBelowALayerThatHidesAllIsStacked() {
    remote.serve(
        TAGGED,
        new ImageFiles(
            new TarBytes().file("a", "1").end(),
            new TarBytes().file(".wh..wh..opq", "").file("b", "2").end(),
            new TarBytes().file("c", "3").end()));

    try (var image = images.open(TAGGED, NONE)) {
      assertThat(image.layers()).hasSize(2);
      assertThat(image.layers().getFirst().resolve("b")).exists();
    }
  }

  @Test
  void anImageForOtherMachinesIsRefused() {
    remote.serve(TAGGED, new ImageFiles("s390x", new TarBytes().end()));

    assertThatThrownBy(() -> images.open(TAGGED, NONE))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.WRONG_PLATFORM));
    assertThat(names()).isEmpty();
  }

  @Test
  void aLayerThatFailsLeavesNothingAndIsTriedAgain() throws IOException {
    var hostile = new TarBytes().file("a", "x").file("../out", "x").end();
    remote.serve(TAGGED, new ImageFiles(hostile));

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> images.open(TAGGED, NONE))
          .isInstanceOfSatisfying(
              ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID));
    }
    assertThat(directory.resolve("layers/sha256")).isEmptyDirectory();
    assertThat(directory.resolve("layers/.tmp")).isEmptyDirectory();
  }

  @Test
  void namesAndLayersOutliveTheServer() throws IOException {
    remote.serve(TAGGED, ImageFiles.of("1"));
    images.open(TAGGED, NONE).close();
    Files.createDirectories(directory.resolve("layers/.tmp/7/files/half"));
    Files.writeString(directory.resolve("names/.half"), "{");
    reopen("boot-1");

    assertThat(names()).containsExactly(TAGGED.toString());
    assertThat(images.isReady(TAGGED)).isTrue();
    assertThat(directory.resolve("layers/.tmp")).isEmptyDirectory();
  }

  @Test
  void layersThatWereNotSurelyWrittenAreUnpackedAgainAfterALossOfPower() throws IOException {
    remote.serve(TAGGED, ImageFiles.of("1"));
    Path layer;
    try (var image = images.open(TAGGED, NONE)) {
      layer = image.layers().getFirst();
    }
    reopen("boot-2");
    assertThat(images.isReady(TAGGED)).as("it was written when the server closed").isTrue();

    close();
    Files.delete(layer.resolveSibling("synced"));
    Files.writeString(layer.resolve("hello"), "lost");
    open("boot-3");
    assertThat(images.isReady(TAGGED)).isFalse();
    try (var image = images.open(TAGGED.withDigest(images.resolve(TAGGED, NONE)), NONE)) {
      assertThat(image.layers().getFirst().resolve("hello")).hasContent("1");
    }
    assertThat(remote.pulls).hasSize(1);
  }

  @Test
  void originsAreKept() throws IOException {
    var local = store(ImageFiles.of("3"));
    images.name(TAGGED, local.manifest);
    assertThat(images.list().getFirst().origin()).isEqualTo(Origin.LOADED);
  }
}
