package dev.ebb.images.layers;

import static dev.ebb.images.layers.TarBytes.archive;
import static dev.ebb.images.layers.TarBytes.tar;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What a layer makes of a directory.
class LayerUnpackerTest {
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

  static Stream<Arguments> layers() {
    var longName = "d/".repeat(120) + "n".repeat(200);
    return Stream.of(
        arguments("nothing", tar(), Map.of()),
        arguments(
            "files, with directories made where they are left out",
            tar().file("a", "1").directory("b/").file("b/c", "2").file("x/y/z", "3"),
            Map.of("a", "f:1", "b", "d", "b/c", "f:2", "x", "d", "x/y", "d", "x/y/z", "f:3")),
        arguments(
            "absolute and dotted names are below the root",
            tar().file("/etc/passwd", "1").file("./a", "2").file(".//b/./c", "3"),
            Map.of("etc", "d", "etc/passwd", "f:1", "a", "f:2", "b", "d", "b/c", "f:3")),
        arguments(
            "links of all kinds, wherever they point",
            tar()
                .file("a", "1")
                .symbolicLink("out", "/etc/passwd")
                .symbolicLink("up", "../../../secret")
                .hardLink("b", "a")
                .hardLink("c", "./a")
                .hardLink("same-link", "out"),
            Map.of(
                "a",
                "f:1",
                "b",
                "f:1",
                "c",
                "f:1",
                "out",
                "l:/etc/passwd",
                "up",
                "l:../../../secret",
                "same-link",
                "l:/etc/passwd")),
        arguments(
            "a later entry replaces an earlier one",
            tar()
                .file("a", "long before")
                .file("a", "1")
                .symbolicLink("b", "/nowhere")
                .file("b", "2")
                .directory("c")
                .file("c/d", "gone")
                .file("c", "3")
                .file("e", "gone")
                .directory("e")
                .file("e/f", "4")
                .symbolicLink("g", "e")
                .directory("g")
                .file("g/h", "5")
                .file("i", "gone")
                .entry('6', "i", "", new byte[0]),
            Map.of(
                "a", "f:1", "b", "f:2", "c", "f:3", "e", "d", "e/f", "f:4", "g", "d", "g/h", "f:5",
                "i", "p")),
        arguments(
            "links on the way are followed as in a container",
            tar()
                .directory("usr/lib")
                .symbolicLink("lib", "usr/lib")
                .file("lib/a", "1")
                .symbolicLink("abs", "/usr/lib")
                .file("abs/b", "2")
                .symbolicLink("up", "../../../../usr/./lib/../lib")
                .file("up/c", "3"),
            Map.of(
                "usr",
                "d",
                "usr/lib",
                "d",
                "usr/lib/a",
                "f:1",
                "usr/lib/b",
                "f:2",
                "usr/lib/c",
                "f:3",
                "lib",
                "l:usr/lib",
                "abs",
                "l:/usr/lib",
                "up",
                "l:../../../../usr/./lib/../lib")),
        arguments(
            "the target of a link may be in a lower layer",
            tar()
                .symbolicLink("var/run", "/run")
                .file("var/run/a", "1")
                .symbolicLink("w", "v/../x")
                .file("w/b", "2"),
            Map.of(
                "var",
                "d",
                "var/run",
                "l:/run",
                "run",
                "d",
                "run/a",
                "f:1",
                "w",
                "l:v/../x",
                "v",
                "d",
                "x",
                "d",
                "x/b",
                "f:2")),
        arguments(
            "whiteouts",
            tar()
                .file("a/.wh.gone", "")
                .file(".wh.top", "")
                .file("b/.wh..wh..opq", "")
                .file("b/c", "1")
                .file(".wh..wh.plnk/0.1", "aufs")
                .file(".wh..wh.aufs", "aufs"),
            Map.of("a", "d", "a/gone", "w", "top", "w", "b", "d opaque", "b/c", "f:1")),
        arguments(
            "a whiteout is of what is below, not of what is in the layer",
            tar()
                .file("a", "1")
                .file(".wh.a", "")
                .file(".wh.b", "")
                .file("b", "2")
                .directory("c")
                .file(".wh.c", "")
                .file(".wh.d", "")
                .directory("d")
                .file(".wh.e", "")
                .file("e/f", "3"),
            Map.of(
                "a",
                "f:1",
                "b",
                "f:2",
                "c",
                "d opaque",
                "d",
                "d opaque",
                "e",
                "d opaque",
                "e/f",
                "f:3")),
        arguments(
            "long names of pax and GNU, and names that are no UTF-8",
            tar()
                .pax("path", "p/" + "x".repeat(150))
                .file("short", "1")
                .longName("g/" + "y".repeat(150))
                .file("short", "2")
                .longLink("z".repeat(150))
                .symbolicLink("l", "short"),
            Map.of(
                "p",
                "d",
                "p/" + "x".repeat(150),
                "f:1",
                "g",
                "d",
                "g/" + "y".repeat(150),
                "f:2",
                "l",
                "l:" + "z".repeat(150))),
        arguments(
            "devices are left out",
            tar().entry('3', "dev/null", "", new byte[0]).entry('4', "dev/sda", "", new byte[0]),
            Map.of("dev", "d")),
        arguments(
            "a hard link that says a size has no content",
            tar().file("a", "1").raw(tar().header('1', "b", "a", 1)).file("c", "2"),
            Map.of("a", "f:1", "b", "f:1", "c", "f:2")),
        arguments(
            "a link to itself, by two names of it",
            tar().file("a", "1").hardLink("a", "a").hardLink("./a", "a"),
            Map.of("a", "f:1")),
        arguments(
            "a global header changes nothing",
            tar().entry('g', "g", "", "17 path=elsewhere\n".getBytes(UTF_8)).file("a", "1"),
            Map.of("a", "f:1")),
        arguments(
            "sparse files of the four forms",
            tar()
                .raw(oldSparse("old", 6, 1, 2, 5, 1))
                .content("abc".getBytes(UTF_8))
                .pax(
                    "GNU.sparse.size",
                    "6",
                    "GNU.sparse.offset",
                    "1",
                    "GNU.sparse.numbytes",
                    "2",
                    "GNU.sparse.offset",
                    "5",
                    "GNU.sparse.numbytes",
                    "1")
                .file("v00", "abc")
                .pax("GNU.sparse.name", "v01", "GNU.sparse.size", "4", "GNU.sparse.map", "0,3")
                .file("ignored", "abc")
                .pax(
                    "GNU.sparse.major",
                    "1",
                    "GNU.sparse.minor",
                    "0",
                    "GNU.sparse.name",
                    "v10",
                    "GNU.sparse.realsize",
                    "3")
                .file("ignored", "1\n2\n1\n" + "\0".repeat(506) + "z"),
            Map.of("old", "f:\0ab\0\0c", "v00", "f:\0ab\0\0c", "v01", "f:abc\0", "v10", "f:\0\0z")),
        arguments(
            "an end without blocks of zeros",
            archive(tar().file("a", "1").unended()),
            Map.of("a", "f:1")),
        arguments(
            "what follows the end is no entry",
            archive(tar().file("a", "1").end(), new byte[7], tar().file("b", "2").end()),
            Map.of("a", "f:1")),
        arguments("the longest name", tar().pax("path", longName).file("x", "1"), null));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layers")
  void aLayerIsUnpacked(String what, TarBytes tar, Map<String, String> tree) throws IOException {
    unpacking.unpack(tar.end());

    if (tree != null) {
      assertThat(unpacking.tree()).containsExactlyInAnyOrderEntriesOf(tree);
    } else {
      assertThat(unpacking.tree()).hasSize(121);
    }
    unpacking.nothingOutsideIsTouched();
  }

  @Test
  void aLayerThatHidesAllBelowSaysSo() throws IOException {
    assertThat(unpacking.unpack(tar().file(".wh..wh..opq", "").end()).opaque()).isTrue();
  }

  private static byte[] oldSparse(String name, long size, long... extents) {
    var header = tar().header('S', name, "", 3);
    TarBytes.put(header, 257, "ustar  \0");
    for (int i = 0; i < extents.length; i++) {
      TarBytes.number(header, 386 + 12 * i, 12, extents[i]);
    }
    TarBytes.number(header, 483, 12, size);
    return TarBytes.summed(header);
  }
}
