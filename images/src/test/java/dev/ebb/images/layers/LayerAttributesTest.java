package dev.ebb.images.layers;

import static dev.ebb.images.layers.TarBytes.tar;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Modes, times, owners and extended attributes of the files of a layer.
class LayerAttributesTest {
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
}
