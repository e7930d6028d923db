package dev.ebb.images.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.images.Blobs;
import dev.ebb.images.Digest;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.testing.FakeRegistry;
import dev.ebb.images.testing.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Pulls over real connections from a registry that fails on demand; pauses are counted, not
/// waited.
class PullerTest {
  private static final String CONFIG = FakeRegistry.config("amd64");
  private static final Platform AMD64 = Platform.of("amd64");
  private static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
  private static final byte[] LAYER = random(1, 3_000_000);
  private static final byte[] OTHER = random(2, 100_000);

  @TempDir Path directory;
  private final FakeRegistry registry = new FakeRegistry();
  private final List<Duration> pauses = new CopyOnWriteArrayList<>();
  private final Instant now = Instant.parse("2026-11-01T00:00:00Z");

  /// Of nobody who sends, unless a test says otherwise: a busy machine may hold up everybody.
  private Duration stall = Duration.ofMinutes(5);

  private Blobs blobs;
  private Puller puller;

  @BeforeEach
  void open() throws IOException {
    blobs = new Blobs(directory);
    puller = puller(PullLimits.DEFAULT);
  }

  @AfterEach
  void close() {
    puller.close();
    registry.close();
  }

  @Test
  void anImageIsPulledOnceAndByDigestWithoutItsRegistryAfterwards() throws IOException {
    var digest = registry.image("team/app", "v1", CONFIG, LAYER, OTHER, LAYER);

    var pulled = pull("team/app:v1");

    assertThat(pulled.digest()).isEqualTo(digest).isEqualTo(pulled.named());
    assertThat(pulled.manifest().layers()).hasSize(3);
    assertThat(blobs.read(Digest.of(LAYER))).isEqualTo(LAYER);
    assertThat(blobs.read(pulled.manifest().config().digest())).isEqualTo(CONFIG.getBytes(UTF_8));
    assertThat(blobs.has(digest)).isTrue();
    assertThat(paths()).filteredOn(it -> it.contains("/blobs/")).hasSize(3);

    int asked = registry.requests().size();
    assertThat(pull("team/app@" + digest)).isEqualTo(pulled);
    assertThat(registry.requests()).hasSize(asked);
  }

  @Test
  void ofAnIndexOnlyThisMachinesImageIsPulled() {
    var amd64 = registry.image("app", "amd64", CONFIG, OTHER);
    var arm64 = registry.image("app", "arm64", FakeRegistry.config("arm64"), LAYER);
    var index = registry.index("app", "v1", Map.of("arm64", arm64, "amd64", amd64));

    var pulled = pull("app:v1");

    assertThat(pulled.named()).isEqualTo(index);
    assertThat(pulled.digest()).isEqualTo(amd64);
    assertThat(blobs.has(index)).isTrue();
    assertThat(blobs.has(Digest.of(LAYER))).isFalse();
    assertThat(pull("app@" + index)).isEqualTo(pulled);
  }

  @Test
  void tagsAndDigestsAreAskedForByHead() {
    var digest = registry.image("app", "v1", CONFIG, OTHER);

    for (var name : List.of("app:v1", "app@" + digest)) {
      assertThat(puller.resolve(reference(name), PullCredentials.none()).digest())
          .isEqualTo(digest);
      assertThat(registry.requests().getLast().method()).isEqualTo("HEAD");
    }
  }

  /// What breaks, which request, and how often; then it works.
  static Stream<Arguments> passingFaults() {
    return Stream.of(
        Arguments.of("/manifests/", 3, new Fault.Status(503, "", "")),
        Arguments.of("/manifests/", 1, new Fault.Status(429, "Retry-After: 7", "")),
        Arguments.of("/manifests/", 1, new Fault.Cut(0)),
        Arguments.of("/blobs/", 3, new Fault.Status(500, "", "")),
        Arguments.of("/blobs/" + Digest.of(LAYER), 3, new Fault.Cut(0)),
        Arguments.of("/blobs/" + Digest.of(LAYER), 5, new Fault.Cut(500_000)),
        Arguments.of("/blobs/" + Digest.of(LAYER), 1, new Fault.Stall(1_000_000)));
  }

  @ParameterizedTest
  @MethodSource("passingFaults")
  void whatPassesIsTriedAgain(String path, int times, Fault fault) throws IOException {
    registry.image("app", "v1", CONFIG, LAYER);
    registry.fail(path, times, fault);
    if (fault instanceof Fault.Stall) {
      stall = Duration.ofMillis(500);
      limit(PullLimits.DEFAULT);
    }

    pull("app:v1");

    assertThat(blobs.read(Digest.of(LAYER))).isEqualTo(LAYER);
    assertThat(pauses).hasSizeBetween(times, fault instanceof Fault.Stall ? 100 : times);
    if (fault instanceof Fault.Status(int status, _, _) && status == 429) {
      assertThat(pauses).containsExactly(Duration.ofSeconds(7));
    }
  }

  @Test
  void aCutTransferGoesOnWhereItEnded() throws IOException {
    registry.image("app", "v1", CONFIG, LAYER);
    registry.fail("/blobs/" + Digest.of(LAYER), 1, new Fault.Cut(1_000_000));

    pull("app:v1");

    var ranges =
        registry.requests().stream()
            .filter(it -> it.path().endsWith(Digest.of(LAYER)))
            .map(FakeRegistry.Request::range)
            .toList();
    assertThat(ranges).hasSize(2);
    assertThat(ranges.get(1)).matches("bytes=[1-9][0-9]{3,}-");
    assertThat(blobs.read(Digest.of(LAYER))).isEqualTo(LAYER);
  }

  @Test
  void aRegistryThatCannotDoRangesSendsItAllAgain() throws IOException {
    registry.image("app", "v1", CONFIG, LAYER);
    registry.fail("/blobs/" + Digest.of(LAYER), 1, new Fault.Cut(1_000_000));
    registry.fail("/blobs/" + Digest.of(LAYER), 1, new Fault.NoRanges());

    pull("app:v1");

    assertThat(blobs.read(Digest.of(LAYER))).isEqualTo(LAYER);
  }

  @Test
  void aPullThatFailedIsContinuedByTheNextServer() throws IOException {
    registry.image("app", "v1", CONFIG, LAYER);
    registry.fail("/blobs/" + Digest.of(LAYER), 1, new Fault.Cut(1_000_000));
    registry.fail("/blobs/" + Digest.of(LAYER), 1, new Fault.Status(403, "", ""));
    assertThatThrownBy(() -> pull("app:v1")).isInstanceOf(ImageException.class);

    puller.close();
    blobs = new Blobs(directory);
    puller = puller(PullLimits.DEFAULT);
    pull("app:v1");

    assertThat(registry.requests().getLast().range()).matches("bytes=[1-9][0-9]{3,}-");
    assertThat(blobs.read(Digest.of(LAYER))).isEqualTo(LAYER);
  }

  /// What is wrong for good: fault, path, reason, words.
  static Stream<Arguments> lastingFaults() {
    var blob = "/blobs/" + Digest.of(LAYER);
    return Stream.of(
        Arguments.of("/manifests/", new Fault.Status(404, "", ""), Reason.NOT_FOUND, "not found"),
        Arguments.of("/manifests/", new Fault.Status(401, "", ""), Reason.UNAUTHORIZED, "denied"),
        Arguments.of("/manifests/", new Fault.Status(403, "", ""), Reason.UNAUTHORIZED, "denied"),
        Arguments.of("/manifests/", new Fault.Status(429, "", ""), Reason.UNREACHABLE, "rate"),
        Arguments.of(
            "/manifests/",
            new Fault.Status(429, "Retry-After: 3600", ""),
            Reason.UNREACHABLE,
            "rate"),
        Arguments.of("/manifests/", new Fault.Status(502, "", ""), Reason.UNREACHABLE, "502"),
        Arguments.of("/manifests/", new Fault.Status(302, "", ""), Reason.UNREACHABLE, "redirect"),
        Arguments.of(
            "/manifests/",
            new Fault.Status(302, "Location: /v2/app/manifests/v1", ""),
            Reason.UNREACHABLE,
            "more than 5 redirects"),
        Arguments.of(
            "/manifests/",
            new Fault.Status(302, "Location: file:///etc/passwd", ""),
            Reason.UNREACHABLE,
            "redirect"),
        Arguments.of("/manifests/", new Fault.Endless(), Reason.INVALID, "larger than 4 MiB"),
        Arguments.of("/manifests/", new Fault.Corrupt(), Reason.INVALID, "not JSON"),
        Arguments.of(blob, new Fault.Status(404, "", ""), Reason.NOT_FOUND, "not found"),
        Arguments.of(blob, new Fault.Corrupt(), Reason.DIGEST_MISMATCH, Digest.of(LAYER)),
        Arguments.of(blob, new Fault.Endless(), Reason.DIGEST_MISMATCH, "more than the 3000000"),
        Arguments.of(blob, new Fault.Cut(0), Reason.UNREACHABLE, "cannot reach"));
  }

  @ParameterizedTest
  @MethodSource("lastingFaults")
  void whatLastsIsSaidWithItsReason(String path, Fault fault, Reason reason, String words)
      throws IOException {
    var digest = registry.image("app", "v1", CONFIG, LAYER);
    registry.fail(path, 1000, fault);

    assertThatThrownBy(() -> pull("app:v1"))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason))
        .hasMessageStartingWith(registry.host() + "/app:v1: ")
        .hasMessageContaining(words);
    assertThat(blobs.has(digest)).isFalse();
    assertThat(blobs.has(Digest.of(LAYER))).isFalse();
    // Three after requests without an answer, three after bodies without an end, at most.
    assertThat(pauses).hasSizeLessThan(16);
  }

  @Test
  void bytesOfAnotherDigestAreNotKept() throws IOException {
    registry.image("app", "v1", CONFIG, LAYER);
    registry.fail("/blobs/" + Digest.of(LAYER), 1, new Fault.Corrupt());
    assertThatThrownBy(() -> pull("app:v1")).isInstanceOf(ImageException.class);

    pull("app:v1");

    assertThat(registry.requests().getLast().range()).isEmpty();
    assertThat(blobs.read(Digest.of(LAYER))).isEqualTo(LAYER);
  }

  @Test
  void aManifestAskedForByDigestHasIt() {
    var digest = registry.image("app", "v1", CONFIG, OTHER);
    registry.fail("/manifests/", 1, new Fault.Corrupt());

    assertFails("app@" + digest, Reason.DIGEST_MISMATCH, "has the digest sha256:");
  }

  @ParameterizedTest
  @CsvSource({
    "arm64, the image is for linux/arm64",
    "'', the image is for linux/",
    "riscv64, this machine is linux/amd64",
  })
  void anImageForOtherMachinesIsRefusedBeforeItsLayers(String architecture, String words) {
    registry.image("app", "v1", FakeRegistry.config(architecture), LAYER);

    assertFails("app:v1", Reason.WRONG_PLATFORM, words);
    assertThat(blobs.has(Digest.of(LAYER))).isFalse();
  }

  @Test
  void anIndexWithoutThisMachineNamesThosePlatformsThatItHas() {
    var arm64 = registry.image("app", "a", FakeRegistry.config("arm64"), OTHER);
    registry.index("app", "v1", Map.of("arm64", arm64));

    assertFails("app:v1", Reason.WRONG_PLATFORM, "it has linux/arm64");
  }

  @Test
  void anIndexOfIndexesEnds() {
    var inner = registry.image("app", "a", CONFIG, OTHER);
    var one = registry.index("app", "1", Map.of("amd64", inner));
    var two = registry.index("app", "2", Map.of("amd64", one));
    registry.index("app", "3", Map.of("amd64", two));

    assertThat(pull("app:2").digest()).isEqualTo(inner);
    assertFails("app:3", Reason.INVALID, "leads to no image");
  }

  @ParameterizedTest
  @CsvSource({
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip, its registry may not hold",
    "application/x-tar, unknown media type",
  })
  void layersOfOtherKindsAreRefused(String mediaType, String words) {
    manifest(MediaTypes.OCI_CONFIG, FakeRegistry.descriptor(mediaType, Digest.of(OTHER), OTHER));

    assertFails("app:v1", Reason.INVALID, words);
  }

  @Test
  void whatIsNoContainerImageIsRefused() {
    manifest(
        "application/vnd.cncf.helm.config.v1+json",
        FakeRegistry.descriptor(OCI_LAYER, Digest.of(OTHER), OTHER));

    assertFails("app:v1", Reason.INVALID, "not a container image but 'application/vnd.cncf.helm");
  }

  @Test
  void anImageOfTooManyLayersOrBytesIsRefusedBeforeItIsPulled() {
    limit(new PullLimits(2, 4_000_000));
    registry.image("app", "layers", CONFIG, OTHER, OTHER, OTHER);
    registry.image("app", "bytes", CONFIG, LAYER, random(3, 2_000_000));
    registry.blob("app", CONFIG.getBytes(UTF_8));

    assertFails("app:layers", Reason.TOO_LARGE, "at most 2 are allowed");
    assertFails("app:bytes", Reason.TOO_LARGE, "larger than the 3 MiB");
    assertThat(paths()).noneMatch(it -> it.contains("/blobs/"));
  }

  @Test
  void sizesThatCannotBeAddedAreTooLarge() {
    var huge = "{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":9223372036854775807}";
    manifest(
        MediaTypes.OCI_CONFIG,
        huge.formatted(OCI_LAYER, "1".repeat(64)),
        huge.formatted(OCI_LAYER, "2".repeat(64)));

    assertFails("app:v1", Reason.TOO_LARGE, "larger than");
  }

  @Test
  void anImageThatDoesNotFitOnTheDiskIsRefusedBeforeItIsPulled() {
    limit(new PullLimits(500, Long.MAX_VALUE));
    manifest(
        MediaTypes.OCI_CONFIG,
        "{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":9000000000000000}"
            .formatted(OCI_LAYER, "1".repeat(64)));

    assertFails("app:v1", Reason.NO_SPACE, "MiB left");
  }

  @Test
  void nobodyListeningIsSaidAtOnce() throws IOException {
    try (var deaf = new Socket()) {
      // Bound, so that nobody else gets the port, but not listening.
      deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      var host = "127.0.0.1:" + deaf.getLocalPort();

      assertFailsAt(host, "app:v1", Reason.UNREACHABLE, "cannot reach " + host);
    }
    assertThat(pauses).isEmpty();
  }

  @Test
  void manyWhoWantTheSameShareOneTransfer() throws Exception {
    registry.image("app", "v1", CONFIG, LAYER);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var pulls = Stream.generate(() -> threads.submit(() -> pull("app:v1"))).limit(20).toList();
      for (Future<PulledImage> pull : pulls) {
        assertThat(pull.get().manifest().layers()).hasSize(1);
      }
    }
    assertThat(paths()).filteredOn(it -> it.endsWith(Digest.of(LAYER))).hasSize(1);
  }

  @Test
  void anInterruptCancelsAndKeepsWhatArrived() throws Exception {
    registry.image("app", "v1", CONFIG, LAYER);
    registry.fail("/blobs/" + Digest.of(LAYER), 1, new Fault.Stall(2_000_000));
    var began = new CountDownLatch(1);
    var failure = new CompletableFuture<Throwable>();
    var thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                puller.pull(
                    reference("app:v1"),
                    PullCredentials.none(),
                    (digest, done, size) -> {
                      if (digest.equals(Digest.of(LAYER))) {
                        began.countDown();
                      }
                    });
                failure.complete(new AssertionError("it was not cancelled"));
              } catch (ImageException e) {
                boolean interrupted = Thread.currentThread().isInterrupted();
                failure.complete(interrupted ? e : new AssertionError("not interrupted", e));
              } finally {
                began.countDown();
              }
            });
    began.await();
    thread.interrupt();
    thread.join();
    assertThat(failure.get()).hasMessageContaining("cancelled");

    pull("app:v1");
    assertThat(blobs.read(Digest.of(LAYER))).isEqualTo(LAYER);
    assertThat(registry.requests().getLast().range()).matches("bytes=[1-9][0-9]{5,}-");
  }

  @Test
  void progressIsToldUpToTheEnd() {
    registry.image("app", "v1", CONFIG, LAYER);
    List<Long> told = new CopyOnWriteArrayList<>();
    puller.pull(
        reference("app:v1"),
        PullCredentials.none(),
        (digest, done, size) -> {
          if (digest.equals(Digest.of(LAYER))) {
            assertThat(size).isEqualTo(LAYER.length);
            told.add(done);
          }
        });
    assertThat(told).hasSizeGreaterThan(2).isSorted().endsWith((long) LAYER.length);
  }

  @Test
  void aDamagedBlobOfTheStoreIsFetchedAgain() throws IOException {
    var digest = registry.image("app", "v1", CONFIG, LAYER);
    var config = pull("app:v1").manifest().config().digest();
    Files.writeString(directory.resolve("blobs/sha256").resolve(Digest.hex(digest)), "{}");
    Files.writeString(
        directory.resolve("blobs/sha256").resolve(Digest.hex(config)), " ".repeat(CONFIG.length()));
    Files.writeString(directory.resolve("blobs/sha256/" + Digest.hex(Digest.of(LAYER))), "short");

    pull("app@" + digest);

    assertThat(blobs.read(digest)).isNotEmpty();
    assertThat(blobs.read(config)).isEqualTo(CONFIG.getBytes(UTF_8));
    assertThat(blobs.read(Digest.of(LAYER))).isEqualTo(LAYER);
  }

  private void assertFails(String image, Reason reason, String words) {
    assertFailsAt(registry.host(), image, reason, words);
  }

  private void assertFailsAt(String host, String image, Reason reason, String words) {
    var name = host + "/" + image;
    assertThatThrownBy(() ->
            puller.pull(ImageReference.parse(name), PullCredentials.none(), PullListener.NONE))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason))
        .hasMessageStartingWith(name + ": ")
        .hasMessageContaining(words);
  }

  private PulledImage pull(String image) {
    return puller.pull(reference(image), PullCredentials.none(), PullListener.NONE);
  }

  private ImageReference reference(String image) {
    return ImageReference.parse(registry.host() + "/" + image);
  }

  private void limit(PullLimits limits) {
    puller.close();
    puller = puller(limits);
  }

  private Puller puller(PullLimits limits) {
    var timeouts = new PullTimeouts(Duration.ofMinutes(1), Duration.ofMinutes(1), stall);
    var config =
        new RegistriesConfig(
            Map.of(), Set.of(), Optional.empty(), ProxySettings.NONE, limits, timeouts);
    return new Puller(blobs, config, AMD64, RetryPolicy.DEFAULT, pauses::add, () -> now);
  }

  private List<String> paths() {
    return registry.requests().stream().map(FakeRegistry.Request::path).toList();
  }

  private void manifest(String configType, String... layers) {
    var config = CONFIG.getBytes(UTF_8);
    registry.manifest(
        "app",
        "v1",
        MediaTypes.OCI_MANIFEST,
        "{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s]}"
            .formatted(
                FakeRegistry.descriptor(configType, registry.blob("app", config), config),
                String.join(",", layers)));
  }

  private static byte[] random(int seed, int length) {
    var bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
