package dev.ebb.images.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebb.images.Blobs;
import dev.ebb.images.Digest;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.testing.FakeRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file system of 8 MiB that fills up in the middle of a pull.
class FullDiskTest {
  @TempDir Path directory;

  @BeforeEach
  void mount() throws Exception {
    assumeTrue(
        System.getProperty("user.name").equals("root"), "only root can mount a small file system");
    run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", directory.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    if (System.getProperty("user.name").equals("root")) {
      run("umount", directory.toString());
    }
  }

  @Test
  void whatFillsTheDiskIsGivenUpAndGoesThroughLater() throws Exception {
    var layer = new byte[5_000_000];
    new Random(1).nextBytes(layer);
    var filler = directory.resolve("filler");
    try (var registry = new FakeRegistry();
        var puller = new Puller(new Blobs(directory), RegistriesConfig.DEFAULT)) {
      var architecture = Platform.ofThisMachine().architecture();
      registry.image("app", "v1", FakeRegistry.config(architecture), layer);
      var image = ImageReference.parse(registry.host() + "/app:v1");

      assertThatThrownBy(() ->
              puller.pull(
                  image,
                  PullCredentials.none(),
                  (digest, done, size) -> {
                    if (digest.equals(Digest.of(layer))) {
                      fill(filler);
                    }
                  }))
          .isInstanceOfSatisfying(
              ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_SPACE))
          .hasMessageContaining("the disk is full");

      Files.delete(filler);
      try (var files = Files.list(directory.resolve("blobs/sha256"))) {
        assertThat(files.map(it -> it.getFileName().toString()))
            .noneMatch(it -> it.contains("part"));
      }
      puller.pull(image, PullCredentials.none(), PullListener.NONE);
      assertThat(new Blobs(directory).read(Digest.of(layer))).isEqualTo(layer);
    }
  }

  private static void fill(Path filler) {
    try (var out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(new byte[4096]);
      }
    } catch (IOException e) {
      if (!DiskFull.isCause(e)) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }
}
