package dev.ebb.images.archives;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.images.Blobs;
import dev.ebb.images.containers.ImageConfig;
import dev.ebb.images.distribution.ImageManifest;
import dev.ebb.images.distribution.ManifestDocument;
import dev.ebb.images.layers.LayerLimits;
import dev.ebb.images.layers.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images that a builder of others wrote.
class BuildahArchiveTest {
  private static final String BUILD =
      """
      set -eu
      buildah() {
        command buildah --root "$PWD/root" --runroot "$PWD/run" --storage-driver vfs "$@"
      }
      mkdir app
      echo hello > app/file
      ln -s /nowhere/at/all app/link
      container=$(buildah from scratch)
      buildah copy -q --chown 1000:2000 "$container" app /app
      buildah config --cmd '["/app/file"]' --env A=b --user 1000 --port 8080 \
        --workingdir /app "$container"
      buildah commit -q --format "$1" "$container" localhost/hello:v1
      buildah push -q --compression-format "$2" localhost/hello:v1 "$3:$PWD/image.tar:localhost/hello:v1"
      buildah rm "$container"
      """;

  @TempDir Path directory;

  @Test
  void anOciLayoutWithGzip() throws Exception {
    isLoaded("oci", "gzip", "oci-archive");
  }

  @Test
  void anOciLayoutWithZstd() throws Exception {
    isLoaded("oci", "zstd", "oci-archive");
  }

  @Test
  void aDockerArchive() throws Exception {
    isLoaded("docker", "gzip", "docker-archive");
  }

  private void isLoaded(String format, String compression, String transport) throws Exception {
    build(format, compression, transport);
    var blobs = new Blobs(directory.resolve("images"));

    java.util.List<ImageArchive.Image> images;
    try (var archive = Files.newInputStream(directory.resolve("image.tar"))) {
      images = ImageArchive.read(archive, Optional.empty(), blobs, InstantSource.system());
    }

    assertThat(images).hasSize(1);
    assertThat(images.getFirst().names()).hasToString("[localhost/hello:v1]");
    var manifest =
        (ImageManifest) ManifestDocument.parse(blobs.read(images.getFirst().digest()), "");
    var config = ImageConfig.parse(blobs.read(manifest.config().digest()));
    assertThat(config.command()).containsExactly("/app/file");
    assertThat(config.environment()).contains("A=b");
    assertThat(config.user()).isEqualTo("1000");
    assertThat(config.exposedPorts()).containsExactly("8080");
    assertThat(config.workingDirectory()).isEqualTo("/app");
    try (var layers =
        new LayerStore(directory.resolve("images"), blobs, LayerLimits.DEFAULT, "boot")) {
      var unpacked = layers.require(manifest.layers(), config.diffIds());
      var app = unpacked.getFirst().files().resolve("app");
      assertThat(app.resolve("file")).hasContent("hello");
      assertThat(Files.readSymbolicLink(app.resolve("link"))).hasToString("/nowhere/at/all");
    }
  }

  private void build(String format, String compression, String transport)
      throws IOException, InterruptedException {
    var build =
        new ProcessBuilder("sh", "-c", BUILD, "build", format, compression, transport)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    var output = new String(build.getInputStream().readAllBytes(), UTF_8);
    assertThat(build.waitFor()).as(output).isZero();
  }
}
