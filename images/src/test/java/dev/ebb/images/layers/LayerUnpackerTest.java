package dev.ebb.images.layers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ebb.images.Digest;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.LayerCompression;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LayerUnpackerTest {
  @TempDir Path directory;
  private Unpacking unpacking;

  @BeforeEach
  void aHomeWithSomethingToProtect() throws IOException {
    Files.writeString(directory.resolve("secret"), "untouched");
    unpacking = new Unpacking(Files.createDirectory(directory.resolve("home")));
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
            raw(tar().file("a", "1").unended()),
            Map.of("a", "f:1")),
        arguments(
            "what follows the end is no entry",
            raw(tar().file("a", "1").end(), new byte[7], tar().file("b", "2").end()),
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
    nothingOutsideIsTouched();
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
        arguments("a wrong checksum", raw(corrupt(tar().file("a", "1").end(), 0))),
        arguments("no archive", raw("hello, this is no archive".repeat(100).getBytes(UTF_8))),
        arguments("an end within a header", raw(cut(tar().file("a", "1").end(), 100))),
        arguments("an end within a file", raw(cut(tar().file("a", "x".repeat(600)).end(), 700))),
        arguments("a negative size", raw(tar().header('0', "a", "", -1))),
        arguments("a size beyond any", raw(tar().header('x', "a", "", Long.MAX_VALUE))),
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
    nothingOutsideIsTouched();
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

  @Test
  void modesTimesAndOwnersAreKeptAndOwnersAreShifted() throws IOException {
    var tar =
        tar()
            .mode(0751)
            .owner(7, 8)
            .time(1_000_000_000)
            .directory("./")
            .mode(0555)
            .directory("d")
            .mode(04755)
            .owner(1000, 2000)
            .time(-5)
            .file("d/setuid", "x")
            .pax("mtime", "1350244992.023960108", "uid", "70000")
            .file("d/fraction", "x")
            .mode(0777)
            .owner(3, 3_000_000_000L)
            .symbolicLink("d/link", "nowhere")
            .mode(0620)
            .entry('6', "d/fifo", "", new byte[0])
            .end();

    var result = unpacking.unpack(tar);

    var root = LinuxFiles.isRoot();
    assertThat(facts("")).isEqualTo(expected(root, 0751, 7, 8, "2001-09-09T01:46:40Z"));
    assertThat(facts("d")).isEqualTo(expected(root, 0555, 7, 8, "2001-09-09T01:46:40Z"));
    assertThat(facts("d/setuid"))
        .isEqualTo(expected(root, 04755, 1000, 2000, "1969-12-31T23:59:55Z"));
    assertThat(facts("d/fraction"))
        .isEqualTo(expected(root, 04755, 65534, 2000, "2012-10-14T20:03:12.023960108Z"));
    assertThat(facts("d/link")).isEqualTo(expected(root, 0777, 3, 65534, "1969-12-31T23:59:55Z"));
    assertThat(facts("d/fifo")).isEqualTo(expected(root, 0620, 3, 65534, "1969-12-31T23:59:55Z"));
    assertThat(result.notes()).contains("3 files with owners above 65535 belong to nobody (65534)");
  }

  @Test
  void capabilitiesCountInTheContainerAloneAndOtherAttributesAreLeftOut() throws IOException {
    var capability =
        new String(
            new byte[] {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, ISO_8859_1);
    var tar =
        tar()
            .mode(0755)
            .pax("SCHILY.xattr.security.capability", capability)
            .file("ping", "x")
            .pax("SCHILY.xattr.trusted.overlay.redirect", "/etc")
            .directory("d")
            .pax("SCHILY.xattr.user.a", "b", "SCHILY.xattr.security.capability", "short")
            .file("other", "x")
            .end();

    var result = unpacking.unpack(tar);

    var root = LinuxFiles.isRoot();
    assertThat(Attributes.of(unpacking.layer.resolve("ping")).strip())
        .isEqualTo(
            root ? "security.capability 010000030004000000000000000000000000000040420f00" : "");
    assertThat(Attributes.of(unpacking.layer.resolve("d"))).isEmpty();
    assertThat(Attributes.of(unpacking.layer.resolve("other"))).isEmpty();
    assertThat(result.notes())
        .containsExactlyInAnyOrderElementsOf(
            List.of(
                "2 extended attributes were left out",
                (root ? 1 : 2) + " file capabilities were left out"));
  }

  @Test
  void aLayerThatHidesAllBelowSaysSo() throws IOException {
    assertThat(unpacking.unpack(tar().file(".wh..wh..opq", "").end()).opaque()).isTrue();
  }

  private String facts(String name) throws IOException {
    var path = unpacking.layer.resolve(name);
    var facts =
        Files.readAttributes(path, "unix:uid,gid,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
    return "%o %s:%s %s"
        .formatted(
            (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777,
            facts.get("uid"),
            facts.get("gid"),
            facts.get("lastModifiedTime"));
  }

  private static String expected(boolean root, int mode, int user, int group, String time)
      throws IOException {
    var mine = Files.readAttributes(Path.of("/proc/self"), "unix:uid,gid");
    return root
        ? "%o %d:%d %s"
            .formatted(mode, ImageOwners.BASE + user, ImageOwners.BASE + group, Instant.parse(time))
        : "%o %s:%s %s".formatted(mode, mine.get("uid"), mine.get("gid"), Instant.parse(time));
  }

  private void nothingOutsideIsTouched() throws IOException {
    assertThat(directory.resolve("secret")).hasContent("untouched");
    try (var around = Files.list(directory)) {
      assertThat(around.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("secret", "home");
    }
    try (var home = Files.list(unpacking.home)) {
      assertThat(home.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("layer", "trash");
    }
  }

  private static TarBytes tar() {
    return new TarBytes();
  }

  private static TarBytes raw(byte[]... parts) {
    var tar = new TarBytes();
    for (var part : parts) {
      tar.raw(part);
    }
    return tar;
  }

  private static TarBytes deep() {
    var tar = tar();
    var step = "d/".repeat(1000);
    tar.pax("path", "a/" + step).directory("x");
    tar.longLink("a/" + step + "e").symbolicLink("l1", "x");
    tar.pax("path", "l1/" + step + "f").directory("x");
    return tar;
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

  private static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] zstd(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zstd = new io.airlift.compress.v3.zstd.ZstdOutputStream(out)) {
      zstd.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] skippableFrame(String content) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x5e, 0x2a, 0x4d, 0x18, (byte) content.length(), 0, 0, 0});
    out.writeBytes(content.getBytes(UTF_8));
    return out.toByteArray();
  }

  /// One frame of a window of 1 MiB, and one block that is stored as it is.
  private static byte[] rawFrame(byte[] content) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, 10 << 3});
    int header = (content.length << 3) | 1;
    out.writeBytes(new byte[] {(byte) header, (byte) (header >> 8), (byte) (header >> 16)});
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] cut(byte[] bytes, int length) {
    return java.util.Arrays.copyOf(bytes, length);
  }

  private static byte[] corrupt(byte[] bytes, int at) {
    bytes[at] ^= 0x55;
    return bytes;
  }
}
