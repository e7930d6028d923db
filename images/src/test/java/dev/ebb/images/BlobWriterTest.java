package dev.ebb.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobWriterTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final String DIGEST = Digest.of("hello, world".getBytes(UTF_8));

  @TempDir Path directory;
  private Blobs blobs;

  @BeforeEach
  void open() throws IOException {
    blobs = new Blobs(directory);
  }

  @Test
  void piecesBecomeABlob() throws IOException {
    try (var writer = blobs.writer("a")) {
      writer.write("hello, ".getBytes(UTF_8));
      assertThat(blobs.has(DIGEST)).isFalse();
      writer.write("world".getBytes(UTF_8));
      writer.commit(DIGEST, NOW);
    }
    assertThat(blobs.read(DIGEST)).asString(UTF_8).isEqualTo("hello, world");
    assertThat(files()).containsExactly(Digest.hex(DIGEST));
  }

  @Test
  void aWriterGoesOnWhereAnEarlierOneEnded() throws IOException {
    try (var writer = blobs.writer("a")) {
      writer.write("hello, ".getBytes(UTF_8));
    }
    blobs = new Blobs(directory); // The server was started again.
    try (var writer = blobs.writer("a")) {
      assertThat(writer.size()).isEqualTo(7);
      writer.write("world".getBytes(UTF_8));
      writer.commit(DIGEST, NOW);
    }
    assertThat(blobs.has(DIGEST)).isTrue();
  }

  @Test
  void aWriterThatRestartsForgets() throws IOException {
    try (var writer = blobs.writer("a")) {
      writer.write("other".getBytes(UTF_8));
      writer.restart();
      writer.write("hello, world".getBytes(UTF_8));
      writer.commit(DIGEST, NOW);
    }
    assertThat(blobs.size(DIGEST)).isEqualTo(12);
  }

  @Test
  void otherBytesNeverBecomeABlobAndAreDeleted() throws IOException {
    try (var writer = blobs.writer("a")) {
      writer.write("hello, World".getBytes(UTF_8));
      assertThatThrownBy(() -> writer.commit(DIGEST, NOW))
          .isInstanceOf(DigestMismatchException.class)
          .hasMessageContaining(DIGEST);
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void whatNobodyTouchesAnyMoreIsCollected() throws IOException {
    try (var writer = blobs.writer("a")) {
      writer.write("hello".getBytes(UTF_8));
    }
    blobs.retain(Set.of(), Instant.now().minusSeconds(60));
    assertThat(files()).hasSize(1);
    blobs.retain(Set.of(), Instant.now().plusSeconds(60));
    assertThat(files()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "a/b", "a.b", "../../etc/passwd", "a\0"})
  void aNameIsNotAPath(String name) {
    assertThatThrownBy(() -> blobs.writer(name)).isInstanceOf(IllegalArgumentException.class);
  }

  private List<String> files() throws IOException {
    try (var files = Files.list(directory.resolve("blobs/sha256"))) {
      return files.map(it -> it.getFileName().toString()).toList();
    }
  }
}
