package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DataDirectoriesTest {
  private static final Path HOME = Path.of("/home/ada");

  @Test
  void theDirectoryIsTheConfiguredOneElseTheSystemsElseTheUsers() {
    assertThat(DataDirectories.defaultDirectory(Map.of("EBB_DATA_DIR", "/x/../y"), "ada", HOME))
        .isEqualTo(Path.of("/y"));
    assertThat(DataDirectories.defaultDirectory(Map.of(), "root", Path.of("/root")))
        .isEqualTo(Path.of("/var/lib/ebb"));
    assertThat(DataDirectories.defaultDirectory(Map.of("XDG_DATA_HOME", "/data"), "ada", HOME))
        .isEqualTo(Path.of("/data/ebb"));
    assertThat(DataDirectories.defaultDirectory(Map.of(), "ada", HOME))
        .isEqualTo(Path.of("/home/ada/.local/share/ebb"));
  }

  @Test
  void theRunDirectoryIsShortHoweverLongTheDataDirectoryIs() {
    Path data = Path.of("/" + "long/".repeat(60));
    for (Map<String, String> environment :
        java.util.List.of(
            Map.<String, String>of(),
            Map.of("XDG_RUNTIME_DIR", "/run/user/1000"),
            Map.of("XDG_RUNTIME_DIR", "/" + "x".repeat(90)))) {
      Path run = DataDirectories.runDirectory(data, environment, "ada");
      assertThat(run.toString().length()).isLessThan(75);
    }
  }

  @Test
  void eachDataDirectoryHasItsOwnRunDirectory() {
    assertThat(DataDirectories.runDirectory(Path.of("/a"), Map.of(), "root"))
        .isNotEqualTo(DataDirectories.runDirectory(Path.of("/b"), Map.of(), "root"))
        .isEqualTo(DataDirectories.runDirectory(Path.of("/a/../a"), Map.of(), "root"));
  }
}
