package dev.ebb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.node.volumes.ClaimDirectories;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimDirectoriesTest {
  @TempDir Path directory;

  @Test
  void deletesOneClaimAndNothingThatItsLinksLeadTo() throws Exception {
    Path root = ClaimDirectories.root(directory);
    Path outside = Files.writeString(directory.resolve("outside"), "kept");
    ClaimDirectories claims = new ClaimDirectories(root);
    Path other = Files.createDirectories(claims.path("team", "other"));
    Path data = Files.createDirectories(claims.path("team", "data"));
    Files.writeString(Files.createDirectory(data.resolve("d")).resolve("f"), "gone");
    Files.createSymbolicLink(data.resolve("link"), outside);
    Files.createSymbolicLink(data.resolve("up"), directory);

    claims.delete("team", "data");
    claims.delete("team", "data");

    assertThat(data).doesNotExist();
    assertThat(other).exists();
    assertThat(outside).hasContent("kept");
  }

  @ParameterizedTest
  @CsvSource({"team, ..", "., data", "team, a/b", "'', data", "team, ''"})
  void whatIsNoNameIsRefused(String namespace, String claim) {
    ClaimDirectories claims = new ClaimDirectories(directory);
    assertThatThrownBy(() -> claims.delete(namespace, claim))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
