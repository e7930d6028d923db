package dev.ebb.node.pods;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedFilesTest {
  @TempDir Path directory;
  private Path made;
  private Path root;

  @BeforeEach
  void aPackage() throws IOException {
    made = Files.createDirectory(directory.resolve("made"));
    root = Files.createDirectories(directory.resolve("package"));
    Files.writeString(root.resolve("main.py"), "source");
  }

  private List<String> files() throws IOException {
    try (var all = Files.walk(root)) {
      return all.filter(it -> !Files.isDirectory(it))
          .map(it -> root.relativize(it).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void filesAreAddedAtTheirPathsAndAreReadOnly() throws IOException {
    Files.createDirectories(made.resolve("deep/er"));
    Files.writeString(made.resolve("deep/er/main.pyc"), "code");
    Files.writeString(made.resolve("main.pyc"), "code");

    new PreparedFiles(made, root, 8).add();

    assertThat(files()).containsExactly("deep/er/main.pyc", "main.py", "main.pyc");
    assertThat(Files.getPosixFilePermissions(root.resolve("deep/er/main.pyc"))).hasSize(3);
  }

  @Test
  void nothingIsReplacedFollowedOrTooMuch() throws IOException {
    Path secret = Files.writeString(directory.resolve("secret"), "secret");
    Files.writeString(made.resolve("main.py"), "another");
    Files.createSymbolicLink(made.resolve("link"), secret);
    Files.createSymbolicLink(made.resolve("folder"), directory);
    Files.writeString(made.resolve("large"), "123456789");

    new PreparedFiles(made, root, 8).add();

    assertThat(files()).containsExactly("main.py");
    assertThat(root.resolve("main.py")).hasContent("source");
  }
}
