package dev.ebb.images.archives;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ebb.images.Blobs;
import dev.ebb.images.containers.ImageFiles;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.ImageManifest;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.ManifestDocument;
import dev.ebb.images.layers.TarBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ImageArchiveTest {
  private static final ImageFiles IMAGE = ImageFiles.of("hello");

  @TempDir Path directory;
  private Blobs blobs;

  @BeforeEach
  void open() throws IOException {
    blobs = new Blobs(directory);
  }

  static Stream<Arguments> archives() throws IOException {
    return Stream.of(
        arguments(IMAGE.ociArchive("example.com/hello:v1"), "", "example.com/hello:v1"),
        arguments(IMAGE.ociArchive("localhost/hello"), "", "localhost/hello:latest"),
        arguments(IMAGE.ociArchive("v1"), "hello:v2", "docker.io/library/hello:v2"),
        arguments(IMAGE.ociArchive(""), "hello", "docker.io/library/hello:latest"),
        arguments(gzip(IMAGE.ociArchive("a.b/c:d")), "", "a.b/c:d"),
        arguments(IMAGE.dockerArchive("hello:v1"), "", "docker.io/library/hello:v1"),
        arguments(gzip(IMAGE.dockerArchive("hello:v1")), "x.y/z", "x.y/z:latest"));
  }

  @ParameterizedTest
  @MethodSource("archives")
  void anImageIsReadWithItsName(byte[] archive, String name, String expected) throws IOException {
    var images = read(archive, name);

    assertThat(images).hasSize(1);
    assertThat(images.getFirst().names()).hasToString("[" + expected + "]");
    var manifest =
        (ImageManifest) ManifestDocument.parse(blobs.read(images.getFirst().digest()), "");
    assertThat(manifest.config().digest()).isEqualTo(IMAGE.config);
    assertThat(manifest.layers()).hasSize(1);
    assertThat(blobs.read(manifest.layers().getFirst().digest()))
        .isEqualTo(IMAGE.blobs.get(IMAGE.layers.getFirst()));
  }

  @Test
  void allNamesOfAnImageAreRead() throws IOException {
    assertThat(read(IMAGE.dockerArchive("a:1", "b.c/d:2"), "").getFirst().names())
        .hasToString("[docker.io/library/a:1, b.c/d:2]");
  }

  static Stream<Arguments> wrong() {
    var oci = IMAGE.ociArchive("a.b/c:d");
    return Stream.of(
        arguments("no archive", "hello".repeat(200).getBytes(UTF_8), "no tar archive"),
        arguments("nothing", new byte[0], "neither an index.json nor a manifest.json"),
        arguments("cut", Arrays.copyOf(oci, oci.length / 2), "ends too early"),
        arguments("no name", IMAGE.ociArchive(""), "--name"),
        arguments("a tag for a name", IMAGE.ociArchive("v1"), "--name"),
        arguments(
            "no image", tar("index.json", "{\"schemaVersion\":2,\"manifests\":[]}"), "no image"),
        arguments("no JSON", tar("manifest.json", "{"), "not JSON"),
        arguments("no list", tar("manifest.json", "{}"), "no list"),
        arguments(
            "a missing manifest",
            tar(
                "index.json",
                "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"sha256:%s\",\"size\":1}]}"
                    .formatted("0".repeat(64))),
            "missing"),
        arguments(
            "a missing layer",
            tar("manifest.json", "[{\"Config\":\"manifest.json\",\"Layers\":[\"../x\"]}]"),
            "'../x' is missing"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void whatIsNoArchiveOfAnImageIsInvalid(String what, byte[] archive, String message) {
    assertThatThrownBy(() -> read(archive, ""))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID))
        .hasMessageContaining(message);
  }

  @Test
  void aBlobWithAnotherDigestIsAMismatch() {
    var archive = tar("blobs/sha256/" + "0".repeat(64), "x");

    assertThatThrownBy(() -> read(archive, ""))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DIGEST_MISMATCH));
    assertThat(directory.resolve("blobs/sha256")).isEmptyDirectory();
  }

  private List<ImageArchive.Image> read(byte[] archive, String name) throws IOException {
    return ImageArchive.read(
        new ByteArrayInputStream(archive),
        name.isEmpty() ? Optional.empty() : Optional.of(ImageReference.parse(name)),
        blobs,
        InstantSource.system());
  }

  private static byte[] tar(String name, String content) {
    return new TarBytes().file(name, content).end();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
