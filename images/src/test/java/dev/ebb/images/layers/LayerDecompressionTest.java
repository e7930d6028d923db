package dev.ebb.images.layers;

import static dev.ebb.images.layers.Compressed.corrupt;
import static dev.ebb.images.layers.Compressed.cut;
import static dev.ebb.images.layers.Compressed.gzip;
import static dev.ebb.images.layers.Compressed.rawFrame;
import static dev.ebb.images.layers.Compressed.skippableFrame;
import static dev.ebb.images.layers.Compressed.zstd;
import static dev.ebb.images.layers.TarBytes.tar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ebb.images.Digest;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.LayerCompression;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Layers as registries keep them, in gzip and zstd.
class LayerDecompressionTest {
  @TempDir Path directory;
  private Unpacking unpacking;

  @BeforeEach
  void aHomeWithSomethingToProtect() throws IOException {
    unpacking = Unpacking.below(directory);
  }

  /// What JUnit itself cannot delete: paths of a thousand directories.
  @AfterEach
  void deleteTheLayer() throws IOException {
    LayerTrees.delete(unpacking.home);
  }

  @Test
  void gzipOfSeveralMembersIsReadToItsEnd() throws IOException {
    var tar = tar().file("a", "x".repeat(5000)).file("b", "2").end();
    var blob = new ByteArrayOutputStream();
    blob.writeBytes(gzip(java.util.Arrays.copyOfRange(tar, 0, 700)));
    blob.writeBytes(gzip(new byte[0]));
    blob.writeBytes(gzip(java.util.Arrays.copyOfRange(tar, 700, tar.length)));

    unpacking.unpack(blob.toByteArray(), LayerCompression.GZIP, Digest.of(tar), Unpacking.LIMITS);

    assertThat(unpacking.tree()).containsKeys("a", "b");
  }

  @Test
  void zstdOfSeveralFramesIsReadToItsEndAndSkippableOnesAreSkipped() throws IOException {
    var tar = tar().file("a", "x".repeat(5000)).file("b", "2").end();
    var blob = new ByteArrayOutputStream();
    blob.writeBytes(skippableFrame("table of contents"));
    blob.writeBytes(zstd(java.util.Arrays.copyOfRange(tar, 0, 700)));
    blob.writeBytes(skippableFrame(""));
    blob.writeBytes(rawFrame(java.util.Arrays.copyOfRange(tar, 700, tar.length)));
    blob.writeBytes(skippableFrame("the end"));

    unpacking.unpack(blob.toByteArray(), LayerCompression.ZSTD, Digest.of(tar), Unpacking.LIMITS);

    assertThat(unpacking.tree()).containsKeys("a", "b");
  }

  static Stream<Arguments> damaged() throws IOException {
    var tar = tar().file("a", "x".repeat(5000)).end();
    return Stream.of(
        arguments(LayerCompression.GZIP, tar),
        arguments(LayerCompression.GZIP, cut(gzip(tar), 30)),
        arguments(LayerCompression.GZIP, corrupt(gzip(tar), gzip(tar).length - 6)),
        arguments(LayerCompression.ZSTD, tar),
        arguments(LayerCompression.ZSTD, cut(zstd(tar), 30)),
        arguments(LayerCompression.ZSTD, corrupt(zstd(tar), 10)));
  }

  @ParameterizedTest
  @MethodSource("damaged")
  void aLayerThatCannotBeDecompressedIsInvalid(LayerCompression compression, byte[] blob) {
    assertThatThrownBy(() -> unpacking.unpack(blob, compression, Digest.of(blob), Unpacking.LIMITS))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID));
  }
}
