package dev.ebb.images.layers;

import static dev.ebb.images.layers.Compressed.corrupt;
import static dev.ebb.images.layers.Compressed.cut;
import static dev.ebb.images.layers.Compressed.gzip;
import static dev.ebb.images.layers.TarBytes.archive;
import static dev.ebb.images.layers.TarBytes.tar;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ebb.images.Digest;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.LayerCompression;
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

/// Layers that would write outside themselves, fill the disk or are no layers at all.
class HostileLayersTest {
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

  static Stream<Arguments> hostile() {
    return Stream.of(
        arguments("a name that leads out", tar().file("../secret", "x")),
        arguments("a name that leads out later", tar().file("a/../../secret", "x")),
        arguments("a directory that leads out", tar().directory("..")),
        arguments("a hard link that leads out", tar().hardLink("a", "../secret")),
        arguments("a hard link to nothing", tar().hardLink("a", "b")),
        arguments(
            "a hard link through a link that leads out",
            tar().symbolicLink("a", "../..").hardLink("b", "a/secret")),
        arguments("a hard link to a directory", tar().directory("a").hardLink("b", "a")),
        arguments("a hard link to the root", tar().hardLink("b", "/")),
        arguments("a hard link to a whiteout", tar().file(".wh.a", "").hardLink("b", "a")),
        arguments("a file below a file", tar().file("a", "1").file("a/b", "2")),
        arguments(
            "a file below a link to a file",
            tar().file("a", "1").symbolicLink("l", "a").file("l/b", "2")),
        arguments(
            "links in a circle",
            tar().symbolicLink("a", "b").symbolicLink("b", "a").file("a/c", "1")),
        arguments("a link to itself", tar().symbolicLink("a", "a/b").file("a/c", "1")),
        arguments("a root that is a file", tar().file(".", "1")),
        arguments("a whiteout of nothing", tar().file(".wh.", "")),
        arguments("a whiteout of the directory", tar().file("a/.wh..", "")),
        arguments("a whiteout of the directory above", tar().file("a/.wh...", "")),
        arguments("an empty link", tar().symbolicLink("a", "")),
        arguments("a long name", tar().pax("path", "n".repeat(256)).file("x", "")),
        arguments("a name of 10 kB", tar().longName("a/".repeat(5000) + "b").file("x", "")),
        arguments("a long link", tar().longLink("n".repeat(4096)).symbolicLink("x", "")),
        arguments("a name with a zero byte", tar().pax("path", "a\0b").file("x", "")),
        arguments("a target with a zero byte", tar().pax("linkpath", "a\0b").symbolicLink("x", "")),
        arguments("a path that links make too deep", deep()),
        arguments("an unknown type", tar().entry('V', "volume", "", new byte[0])),
        arguments("a wrong checksum", archive(corrupt(tar().file("a", "1").end(), 0))),
        arguments("no archive", archive("hello, this is no archive".repeat(100).getBytes(UTF_8))),
        arguments("an end within a header", archive(cut(tar().file("a", "1").end(), 100))),
        arguments(
            "an end within a file", archive(cut(tar().file("a", "x".repeat(600)).end(), 700))),
        arguments("a negative size", archive(tar().header('0', "a", "", -1))),
        arguments("a size beyond any", archive(tar().header('x', "a", "", Long.MAX_VALUE))),
        arguments("a pax size below 0", tar().pax("size", "-5").file("a", "1")),
        arguments(
            "pax records without an end", tar().entry('x', "p", "", "99 path=a\n".getBytes(UTF_8))),
        arguments(
            "pax records without a length", tar().entry('x', "p", "", " path=a\n".getBytes(UTF_8))),
        arguments("pax records of length 0", tar().entry('x', "p", "", "0 \n".getBytes(UTF_8))),
        arguments("a time that is no number", tar().pax("mtime", "1e999999999").file("a", "")),
        arguments(
            "a sparse map that is longer than the file",
            tar().pax("GNU.sparse.size", "2", "GNU.sparse.map", "0,3").file("a", "abc")),
        arguments(
            "a sparse map that goes back",
            tar().pax("GNU.sparse.size", "9", "GNU.sparse.map", "5,1,1,2").file("a", "abc")),
        arguments(
            "a sparse map that overflows",
            tar()
                .pax("GNU.sparse.size", "9", "GNU.sparse.map", Long.MAX_VALUE + ",3")
                .file("a", "abc")),
        arguments(
            "a sparse map of odd length",
            tar().pax("GNU.sparse.size", "9", "GNU.sparse.map", "1").file("a", "abc")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void whatNoLayerMayHoldIsInvalid(String what, TarBytes tar) throws IOException {
    var bytes = tar.end();

    assertThatThrownBy(() -> unpacking.unpack(bytes))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID));
    unpacking.nothingOutsideIsTouched();
    LayerTrees.delete(unpacking.layer);
    assertThat(unpacking.layer).doesNotExist();
  }

  static Stream<Arguments> tooLarge() {
    var many = tar();
    for (int i = 0; i < 1001; i++) {
      many.symbolicLink("l" + i, "x");
    }
    var names = tar();
    for (int i = 0; i < 700; i++) {
      names.pax("path", "d".repeat(200) + i).directory("x");
    }
    return Stream.of(
        arguments("too many bytes", tar().file("a", new byte[1 << 20])),
        arguments("too many entries", many),
        arguments("too long names of directories", names),
        arguments(
            "a sparse file of all sizes",
            tar()
                .pax("GNU.sparse.size", "" + Long.MAX_VALUE, "GNU.sparse.map", "0,1")
                .file("a", "x")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tooLarge")
  void whatIsLargerThanAllowedIsRefused(String what, TarBytes tar) {
    var bytes = tar.end();

    assertThatThrownBy(() -> unpacking.unpack(bytes))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE));
  }

  @Test
  void aBombIsStoppedByItsRatio() throws IOException {
    var tar = tar().file("zeros", new byte[1 << 19]).end();
    var blob = gzip(tar);

    assertThatThrownBy(
            () -> unpacking.unpack(blob, LayerCompression.GZIP, Digest.of(tar), Unpacking.LIMITS))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE));
  }

  @Test
  void aFullDiskIsToldBeforeItIsFull() {
    var tar = tar().file("a", "1").end();
    var limits = new LayerLimits(1 << 20, 10, 10, 1 << 20, 1 << 10, Long.MAX_VALUE);

    assertThatThrownBy(() -> unpacking.unpack(tar, LayerCompression.NONE, Digest.of(tar), limits))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_SPACE));
  }

  @Test
  void anArchiveOfAnotherDigestIsAMismatch() {
    var tar = tar().file("a", "1").end();

    assertThatThrownBy(() ->
            unpacking.unpack(tar, LayerCompression.NONE, Digest.of(new byte[0]), Unpacking.LIMITS))
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DIGEST_MISMATCH));
  }

  private static TarBytes deep() {
    var tar = tar();
    var step = "d/".repeat(1000);
    tar.pax("path", "a/" + step).directory("x");
    tar.longLink("a/" + step + "e").symbolicLink("l1", "x");
    tar.pax("path", "l1/" + step + "f").directory("x");
    return tar;
  }
}
