package dev.ebb.images.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.images.Blobs;
import dev.ebb.images.Digest;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.registry.RegistryException.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryTest {
  private static final Repository REPOSITORY = new Repository("default/hello");
  private static final Repository OTHER = new Repository("default/other");
  private static final String OCI = "application/vnd.oci.image.manifest.v1+json";
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";

  @TempDir private Path directory;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Blobs blobs;
  private Registry registry;

  @BeforeEach
  void open() throws IOException {
    blobs = new Blobs(directory);
    registry =
        new Registry(
            directory,
            blobs,
            () -> now,
            new UploadLimits(3, Duration.ofMinutes(10), Duration.ofHours(24)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a/b", "default/hello-world", "a/b.c/d__e/f---g", "0", "a_b"})
  void namesOfRepositories(String name) {
    assertThat(new Repository(name).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "a/",
        "/a",
        "a//b",
        "A",
        "a/../b",
        ".",
        "_blobs",
        "a/_tags",
        "a.",
        "a..b",
        "a___b",
        "a b",
        "ä",
        "a\n",
        "a/b/_uploads"
      })
  void namesThatAreNone(String name) {
    refused(Problem.NAME_INVALID, () -> new Repository(name));
  }

  @Test
  void aLongNameIsRefused() {
    assertThat(new Repository("a".repeat(255)).namespace()).isEmpty();
    refused(Problem.NAME_INVALID, () -> new Repository("a".repeat(256)));
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:6443/default/hello:v1,registry.ebb.dev/default/hello:v1",
    "127.0.0.1:6443/hello,registry.ebb.dev/hello:latest",
    "[::1]:6443/hello,registry.ebb.dev/hello:latest",
    "registry.ebb.dev/default/hello:v1,registry.ebb.dev/default/hello:v1",
    "localhost:5000/default/hello:v1,localhost:5000/default/hello:v1",
    "hello,docker.io/library/hello:latest"
  })
  void addressesMeanTheSameAsTheName(String reference, String name) {
    var normal =
        RegistryNames.normalise(
            ImageReference.parse(reference), RegistryNames.addresses(List.of(), 6443));
    assertThat(normal).hasToString(name);
  }

  @Test
  void anUploadInChunksBecomesABlobOfItsRepositoryOnly() throws IOException {
    var uploads = registry.uploads();
    var id = uploads.begin(REPOSITORY);
    assertThat(uploads.append(REPOSITORY, id, chunk("hel", 0))).isEqualTo(3);
    assertThat(uploads.append(REPOSITORY, id, chunk("lo", 3))).isEqualTo(5);
    uploads.finish(REPOSITORY, id, chunk("!", 5), digest("hello!"));

    assertThat(read(REPOSITORY, "hello!")).isEqualTo("hello!");
    assertThat(uploads.open()).isZero();
    assertThat(filesOfUploads()).isEmpty();
    refused(Problem.UPLOAD_UNKNOWN, () -> uploads.size(REPOSITORY, id));
    refused(Problem.BLOB_UNKNOWN, () -> registry.blobs().size(OTHER, digest("hello!")));
  }

  @Test
  void whatCameBeforeTheClientWasCutOffStaysAndGoesOnAfterARestart() throws IOException {
    var uploads = registry.uploads();
    var id = uploads.begin(REPOSITORY);
    InputStream cut =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("connection reset");
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            return read();
          }
        };
    assertThatThrownBy(() ->
            uploads.append(
                REPOSITORY, id, UploadChunk.of(new SequenceInputStream(bytes("hel"), cut))))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(uploads.size(REPOSITORY, id)).isEqualTo(3);

    open();
    refused(Problem.UPLOAD_UNKNOWN, () -> registry.uploads().size(OTHER, id));
    assertThat(registry.uploads().size(REPOSITORY, id)).isEqualTo(3);
    registry.uploads().finish(REPOSITORY, id, chunk("lo", 3), digest("hello"));
    assertThat(read(REPOSITORY, "hello")).isEqualTo("hello");
  }

  @Test
  void chunksThatDoNotFitLeaveTheUploadAsItWas() throws IOException {
    var uploads = registry.uploads();
    var id = uploads.begin(REPOSITORY);
    uploads.append(REPOSITORY, id, chunk("hel", 0));
    refused(Problem.UPLOAD_OUT_OF_ORDER, () -> uploads.append(REPOSITORY, id, chunk("lo", 2)));
    refused(Problem.UPLOAD_OUT_OF_ORDER, () -> uploads.append(REPOSITORY, id, chunk("lo", 4)));
    for (int length : List.of(1, 3)) {
      var wrong = new UploadChunk(bytes("lo"), OptionalLong.of(3), OptionalLong.of(length));
      refused(Problem.SIZE_INVALID, () -> uploads.append(REPOSITORY, id, wrong));
      assertThat(uploads.size(REPOSITORY, id)).isEqualTo(3);
    }
    for (var bad : List.of("", "sha256:12", "sha512:" + "a".repeat(128), "hello")) {
      refused(Problem.DIGEST_INVALID, () -> uploads.finish(REPOSITORY, id, chunk("lo", 3), bad));
    }
    uploads.finish(REPOSITORY, id, chunk("lo", 3), digest("hello"));
    assertThat(read(REPOSITORY, "hello")).isEqualTo("hello");
  }

  @Test
  void bytesOfAnotherDigestAreThrownAway() throws IOException {
    var id = registry.uploads().begin(REPOSITORY);
    refused(
        Problem.DIGEST_INVALID,
        () -> registry.uploads().finish(REPOSITORY, id, chunk("evil", 0), digest("good")));
    refused(Problem.UPLOAD_UNKNOWN, () -> registry.uploads().size(REPOSITORY, id));
    refused(Problem.BLOB_UNKNOWN, () -> registry.blobs().size(REPOSITORY, digest("good")));
    assertThat(filesOfUploads()).isEmpty();
  }

  @Test
  void twoRequestsDoNotWriteToOneUpload() {
    var uploads = registry.uploads();
    var id = uploads.begin(REPOSITORY);
    InputStream asksAgain =
        new InputStream() {
          @Override
          public int read() {
            refused(Problem.UPLOAD_BUSY, () -> onAnotherThread(id));
            return -1;
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            return read();
          }
        };
    assertThat(uploads.append(REPOSITORY, id, UploadChunk.of(asksAgain))).isZero();
    assertThat(uploads.append(REPOSITORY, id, chunk("a", 0))).isEqualTo(1);
  }

  @Test
  void aFullDiskEndsTheUploadAndLeavesNothing() throws IOException {
    var uploads = registry.uploads();
    var id = uploads.begin(REPOSITORY);
    // The kernel's own full disk, full(4).
    var file = directory.resolve("uploads").resolve(id);
    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("/dev/full"));
    refused(Problem.NO_SPACE, () -> uploads.append(REPOSITORY, id, chunk("hello", 0)));
    refused(Problem.UPLOAD_UNKNOWN, () -> uploads.size(REPOSITORY, id));
    assertThat(filesOfUploads()).isEmpty();
  }

  @Test
  void uploadsAreBoundedAndIdleOnesCollected() throws IOException {
    var uploads = registry.uploads();
    var ids = IntStream.range(0, 3).mapToObj(it -> uploads.begin(REPOSITORY)).toList();
    refused(Problem.TOO_MANY_UPLOADS, () -> uploads.begin(REPOSITORY));
    now = now.plus(Duration.ofMinutes(11));
    uploads.append(REPOSITORY, ids.get(0), chunk("a", 0));
    uploads.begin(REPOSITORY);
    assertThat(uploads.open()).isEqualTo(2);
    refused(Problem.UPLOAD_UNKNOWN, () -> uploads.size(REPOSITORY, ids.get(1)));

    now = now.plus(Duration.ofHours(23));
    registry.collect();
    assertThat(uploads.open()).isEqualTo(2);
    now = now.plus(Duration.ofHours(2));
    registry.collect();
    assertThat(uploads.open()).isZero();
    assertThat(filesOfUploads()).isEmpty();
  }

  @Test
  void aManifestIsFoundByTagAndDigestAndRemoved() {
    var bytes = image("layer");
    var digest = Digest.of(bytes);
    var manifests = registry.manifests();
    assertThat(manifests.put(REPOSITORY, "v1", List.of(), OCI, bytes).digest()).isEqualTo(digest);
    manifests.put(REPOSITORY, digest, List.of("v2", "v3"), "", bytes);

    for (var reference : List.of("v1", "v2", "v3", digest)) {
      var stored = manifests.get(REPOSITORY, reference);
      assertThat(stored.bytes()).isEqualTo(bytes);
      assertThat(stored.mediaType()).isEqualTo(OCI);
    }
    assertThat(registry.find(ImageReference.parse("registry.ebb.dev/default/hello:v2")))
        .contains(digest);
    assertThat(manifests.tags(REPOSITORY, "", 100).items()).containsExactly("v1", "v2", "v3");
    assertThat(manifests.tags(REPOSITORY, "", 2)).isEqualTo(new Page<>(List.of("v1", "v2"), true));
    assertThat(manifests.tags(REPOSITORY, "v2", 1)).isEqualTo(new Page<>(List.of("v3"), false));

    manifests.delete(REPOSITORY, "v1");
    refused(Problem.MANIFEST_UNKNOWN, () -> manifests.get(REPOSITORY, "v1"));
    assertThat(manifests.get(REPOSITORY, digest).digest()).isEqualTo(digest);
    manifests.delete(REPOSITORY, digest);
    assertThat(manifests.tags(REPOSITORY, "", 100).items()).isEmpty();
    refused(Problem.MANIFEST_UNKNOWN, () -> manifests.get(REPOSITORY, digest));
    refused(Problem.MANIFEST_UNKNOWN, () -> manifests.delete(REPOSITORY, digest));
  }

  @Test
  void aManifestNeedsWhatItRefersTo() {
    var bytes = image("layer");
    var manifests = registry.manifests();
    refused(Problem.MANIFEST_BLOB_UNKNOWN, () -> manifests.put(OTHER, "v1", List.of(), OCI, bytes));
    for (var blob : List.of("{}", "layer")) {
      assertThat(registry.blobs().mount(REPOSITORY, OTHER, digest(blob))).isTrue();
    }
    assertThat(manifests.put(OTHER, "v1", List.of(), OCI, bytes).tags()).containsExactly("v1");
    refused(
        Problem.MANIFEST_BLOB_UNKNOWN,
        () -> manifests.put(REPOSITORY, "v1", List.of(), INDEX, index(bytes)));
    manifests.put(REPOSITORY, Digest.of(bytes), List.of(), OCI, bytes);
    manifests.put(REPOSITORY, "v1", List.of(), INDEX, index(bytes));
    refused(Problem.NAME_UNKNOWN, () -> manifests.tags(new Repository("none"), "", 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "v1|application/vnd.oci.image.manifest.v1+json|{}",
        "v1|application/vnd.oci.image.manifest.v1+json|[]",
        "v1|application/vnd.oci.image.manifest.v1+json|nonsense",
        "v1|application/vnd.oci.image.manifest.v1+json|{'schemaVersion':1,'config':{},'layers':[]}",
        "v1|application/vnd.oci.image.manifest.v1+json|{'schemaVersion':2,'layers':[]}",
        "v1|application/vnd.oci.image.manifest.v1+json|{'schemaVersion':2,'manifests':[]}",
        "v1|application/vnd.oci.image.index.v1+json|{'schemaVersion':2,'manifests':[],'layers':[]}",
        "v1|application/vnd.oci.image.index.v1+json|{'schemaVersion':2,'manifests':[{'size':1}]}",
        "v1|application/vnd.oci.image.index.v1+json|{'schemaVersion':2,'manifests':[],'manifests':[]}",
        "v1|application/vnd.oci.image.index.v1+json|{'schemaVersion':2,'manifests':[]}}",
        "v1|text/plain|{'schemaVersion':2,'manifests':[]}",
        "v1|application/vnd.oci.image.index.v1+json|{'schemaVersion':2,'mediaType':'x/y','manifests':[]}",
        "v1|application/vnd.oci.image.index.v1+json|{'schemaVersion':2,'subject':{},'manifests':[]}",
      })
  void manifestsThatAreNone(String reference, String contentType, String json) {
    refused(
        Problem.MANIFEST_INVALID,
        () ->
            registry
                .manifests()
                .put(
                    REPOSITORY,
                    reference,
                    List.of(),
                    contentType,
                    json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    assertThat(registry.repositories(it -> true, "", 10).items()).isEmpty();
  }

  @Test
  void otherRefusalsOfManifests() {
    var bytes = image("layer");
    var manifests = registry.manifests();
    refused(
        Problem.DIGEST_INVALID,
        () -> manifests.put(REPOSITORY, digest("x"), List.of(), OCI, bytes));
    refused(Problem.TAG_INVALID, () -> manifests.put(REPOSITORY, "-", List.of(), OCI, bytes));
    refused(
        Problem.TAG_INVALID,
        () -> manifests.put(REPOSITORY, "a".repeat(129), List.of(), OCI, bytes));
    refused(
        Problem.MANIFEST_TOO_LARGE,
        () -> manifests.put(REPOSITORY, "v1", List.of(), OCI, new byte[(4 << 20) + 1]));
    var longer = new String(bytes, StandardCharsets.UTF_8).replace("\"size\":5", "\"size\":6");
    refused(
        Problem.MANIFEST_INVALID,
        () ->
            manifests.put(
                REPOSITORY, "v1", List.of(), OCI, longer.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void referrersAreListedByTypeAndGoWithTheirManifest() {
    var subject = image("layer");
    var manifests = registry.manifests();
    var signature =
        imageWith(
            "layer", "\"artifactType\":\"a/signature\",\"annotations\":{\"by\":\"me\"},", subject);
    var bill = imageWith("layer", "", subject);
    // A referrer may come before its subject.
    manifests.put(REPOSITORY, Digest.of(signature), List.of(), OCI, signature);
    assertThat(manifests.put(REPOSITORY, Digest.of(bill), List.of(), OCI, bill).subject())
        .contains(Digest.of(subject));
    manifests.put(REPOSITORY, "v1", List.of(), OCI, subject);

    assertThat(referrers(subject, ""))
        .containsExactlyInAnyOrder(Digest.of(signature), Digest.of(bill));
    assertThat(referrers(subject, "a/signature")).containsExactly(Digest.of(signature));
    assertThat(referrers(subject, "application/vnd.oci.image.config.v1+json"))
        .containsExactly(Digest.of(bill));
    assertThat(referrers(signature, "")).isEmpty();
    manifests.delete(REPOSITORY, Digest.of(signature));
    assertThat(referrers(subject, "")).containsExactly(Digest.of(bill));
    refused(Problem.DIGEST_INVALID, () -> manifests.referrers(REPOSITORY, "nonsense", "", "", 10));
  }

  @Test
  void whatNothingRefersToIsCollectedAndTheRestStays() throws IOException {
    var bytes = image("layer");
    push("stray");
    registry.manifests().put(REPOSITORY, "v1", List.of(), OCI, bytes);
    now = now.plus(Duration.ofHours(23));
    registry.collect();
    assertThat(registry.blobs().size(REPOSITORY, digest("stray"))).isEqualTo(5);
    now = now.plus(Duration.ofHours(23));
    registry.collect(); // It was asked for an hour less than a day ago.
    assertThat(registry.digests()).contains(digest("stray"));
    now = now.plus(Duration.ofHours(2));
    registry.collect();
    assertThat(registry.digests())
        .containsExactlyInAnyOrder(digest("{}"), digest("layer"), Digest.of(bytes));
    blobs.retain(registry.digests(), now);
    assertThat(read(REPOSITORY, "layer")).isEqualTo("layer");
    assertThat(blobs.has(digest("stray"))).isFalse();

    registry.manifests().delete(REPOSITORY, Digest.of(bytes));
    now = now.plus(Duration.ofHours(25));
    registry.collect();
    assertThat(registry.repositories(it -> true, "", 10).items()).isEmpty();
    assertThat(directory.resolve("repositories/default")).doesNotExist();
  }

  private List<String> referrers(byte[] subject, String type) {
    return registry
        .manifests()
        .referrers(REPOSITORY, Digest.of(subject), type, "", 10)
        .items()
        .stream()
        .map(Referrer::digest)
        .toList();
  }

  private void onAnotherThread(String id) throws Throwable {
    var task =
        new java.util.concurrent.FutureTask<>(
            () -> registry.uploads().append(REPOSITORY, id, chunk("b", 0)));
    Thread.ofVirtual().start(task);
    try {
      task.get();
    } catch (java.util.concurrent.ExecutionException e) {
      throw e.getCause();
    }
  }

  private void push(String content) {
    var id = registry.uploads().begin(REPOSITORY);
    registry.uploads().finish(REPOSITORY, id, chunk(content, 0), digest(content));
  }

  private byte[] image(String layer) {
    push("{}");
    push(layer);
    return manifest(layer, "");
  }

  private byte[] imageWith(String layer, String fields, byte[] subject) {
    return manifest(
        layer,
        fields
            + "\"subject\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d},"
                .formatted(OCI, Digest.of(subject), subject.length));
  }

  private static byte[] manifest(String layer, String fields) {
    return """
    {"schemaVersion":2,"mediaType":"%s",%s
     "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":2},
     "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]}
    """
        .formatted(OCI, fields, digest("{}"), digest(layer), layer.length())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] index(byte[] manifest) {
    return "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"%s\",\"size\":%d}]}"
        .formatted(Digest.of(manifest), manifest.length)
        .getBytes(StandardCharsets.UTF_8);
  }

  private String read(Repository repository, String content) throws IOException {
    try (var bytes = registry.blobs().open(repository, digest(content), 0)) {
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private List<Path> filesOfUploads() throws IOException {
    try (var files = Files.list(directory.resolve("uploads"))) {
      return files.toList();
    }
  }

  private static UploadChunk chunk(String text, long start) {
    return new UploadChunk(bytes(text), OptionalLong.of(start), OptionalLong.of(text.length()));
  }

  private static ByteArrayInputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String digest(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void refused(Problem problem, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RegistryException.class, e -> assertThat(e.problem()).isEqualTo(problem));
  }
}
