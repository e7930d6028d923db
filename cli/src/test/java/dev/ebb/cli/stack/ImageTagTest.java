package dev.ebb.cli.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.cli.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageTagTest {
  @TempDir Path directory;

  @Test
  void tagsAreOfTheRepository() throws Exception {
    git("init", "--quiet", "--initial-branch", "feature/x");
    git(
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b",
        "commit",
        "--quiet",
        "--allow-empty",
        "-m",
        "a");
    git("-c", "user.name=a", "-c", "user.email=a@b", "tag", "v1");
    assertThat(ImageTag.LATEST.applyTo("a/b:1", directory)).isEqualTo("a/b:1");
    assertThat(ImageTag.SHA.applyTo("a/b:1", directory)).matches("a/b:1-[0-9a-f]{7,}");
    assertThat(ImageTag.SHA.applyTo("host:5000/b", directory))
        .matches("host:5000/b:latest-[0-9a-f]{7,}");
    assertThat(ImageTag.BRANCH.applyTo("a/b:1", directory)).matches("a/b:1-feature-x-[0-9a-f]{7,}");
    assertThat(ImageTag.DESCRIBE.applyTo("a/b:1", directory)).isEqualTo("a/b:1-v1");
  }

  @Test
  void withoutARepositoryTheReasonIsTold() throws IOException {
    Path none = Files.createDirectory(directory.resolve("none"));
    assertThatThrownBy(() -> ImageTag.SHA.applyTo("a", none))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("--tag needs a git repository with a commit");
  }

  private void git(String... arguments) throws Exception {
    String[] command = new String[arguments.length + 3];
    command[0] = "git";
    command[1] = "-C";
    command[2] = directory.toString();
    System.arraycopy(arguments, 0, command, 3, arguments.length);
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
