package dev.ebb.images.containers;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ebb.images.Blobs;
import dev.ebb.images.FunctionPackages;
import dev.ebb.images.containers.NamedImage.Origin;
import dev.ebb.images.distribution.Credential;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.ImageManifest;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.ImageSource;
import dev.ebb.images.distribution.ManifestDocument;
import dev.ebb.images.distribution.Permit;
import dev.ebb.images.distribution.PullCredentials;
import dev.ebb.images.distribution.PullListener;
import dev.ebb.images.distribution.PulledImage;
import dev.ebb.images.layers.LayerLimits;
import dev.ebb.images.layers.LayerStore;
import dev.ebb.images.layers.TarBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalImagesTest {
  private static final ImageReference TAGGED = ImageReference.parse("example.com/hello:v1");
  private static final PullCredentials NONE = PullCredentials.none();

  @TempDir Path directory;
  private final Remote remote = new Remote();
  private final Set<String> inUse = new HashSet<>();
  private final Map<ImageReference, String> pushed = new HashMap<>();
  private Instant now = Instant.now();
  private Blobs blobs;
  private LayerStore layers;
  private LocalImages images;
  private ContentCollector collector;

  @BeforeEach
  void open() throws IOException {
    open("boot-1");
  }

  @AfterEach
  void close() {
    collector.close();
    layers.close();
  }

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

  private static PullCredentials credentials(String user) {
    return PullCredentials.ofSecret(
        "kubernetes.io/dockerconfigjson",
        Map.of(
            ".dockerconfigjson",
            "{\"auths\":{\"example.com\":{\"username\":\"%s\",\"password\":\"geheim\"}}}"
                .formatted(user)
                .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
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

  private void open(String bootId) throws IOException {
    blobs = new Blobs(directory);
    layers = new LayerStore(directory, blobs, LayerLimits.DEFAULT, bootId);
    images =
        new LocalImages(
            new ImageNames(directory, () -> now),
            new ImageProofs(directory),
            blobs,
            layers,
            remote,
            reference ->
                reference.host().equals("localhost:6443")
                    ? new ImageReference(
                        LocalImages.REGISTRY,
                        reference.repository(),
                        reference.tag(),
                        reference.digest())
                    : reference,
            reference -> Optional.ofNullable(pushed.get(reference)),
            (user, repository) ->
                user.serviceAccount().equals("friend")
                    ? Optional.empty()
                    : Optional.of("no " + repository));
    collector =
        new ContentCollector(
            blobs,
            new FunctionPackages(directory, blobs),
            images,
            new ContentCollector.Uses(Set::of, this::inUse, Set::of),
            Files.getFileStore(directory),
            () -> now);
  }

  private void reopen(String bootId) throws IOException {
    close();
    open(bootId);
  }

  private Set<String> inUse() {
    if (inUse.contains("fail")) {
      throw new IllegalStateException("the store is away (a test)");
    }
    return inUse;
  }

  private List<String> names() {
    return images.list().stream().map(image -> image.reference().toString()).toList();
  }

  private ImageFiles store(ImageFiles image) throws IOException {
    for (var blob : image.blobs.values()) {
      blobs.write(blob, Instant.now());
    }
    return image;
  }

  /// A registry in memory.
  private final class Remote implements ImageSource {
    private final Map<String, ImageFiles> tags = new HashMap<>();
    final List<String> pulls = new ArrayList<>();
    final List<String> asked = new ArrayList<>();
    final Set<Credential> accepted = new HashSet<>(); // None: anybody is served.
    boolean untilUnpacked;
    Optional<Reason> failure = Optional.empty();

    ImageFiles serve(ImageReference reference, ImageFiles image) {
      tags.put(reference.toString(), image);
      return image;
    }

    @Override
    public Permit resolve(ImageReference image, PullCredentials credentials) {
      asked.add(image.toString());
      if (failure.isPresent()) {
        throw new ImageException(failure.get(), "a test");
      }
      var known = credentials.matching(image).stream().filter(accepted::contains).findFirst();
      if (!accepted.isEmpty() && known.isEmpty()) {
        throw new ImageException(Reason.UNAUTHORIZED, image + ": a test");
      }
      var digest =
          image.digest().isEmpty()
              ? Optional.ofNullable(tags.get(image.toString())).map(found -> found.manifest)
              : tags.entrySet().stream()
                  .filter(entry -> entry.getKey().startsWith(image.name() + ":"))
                  .map(entry -> entry.getValue().manifest)
                  .filter(image.digest().get()::equals)
                  .findFirst();
      return new Permit(
          digest.orElseThrow(() -> new ImageException(Reason.NOT_FOUND, image + ": a test")),
          known);
    }

    @Override
    public PulledImage pull(
        ImageReference image, PullCredentials credentials, PullListener listener) {
      pulls.add(image.toString());
      var digest = image.digest().orElseThrow();
      var found =
          tags.values().stream()
              .filter(served -> served.manifest.equals(digest))
              .findFirst()
              .orElseThrow();
      try {
        store(found);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      var manifest =
          (ImageManifest)
              ManifestDocument.parse(requireNonNull(found.blobs.get(found.manifest)), "");
      listener.found(manifest);
      manifest.layers().forEach(listener::arrived);
      if (untilUnpacked) {
        await().until(() -> images.isReady(image));
      }
      return new PulledImage(digest, digest, manifest);
    }
  }

  @Test
  void originsAreKept() throws IOException {
    var local = store(ImageFiles.of("3"));
    images.name(TAGGED, local.manifest);
    assertThat(images.list().getFirst().origin()).isEqualTo(Origin.LOADED);
  }
}
