package dev.ebb.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeFilesTest {
  @TempDir Path directory;

  @Test
  void everythingGoesAndNoLinkIsFollowed() throws IOException {
    Path other = Files.createDirectory(directory.resolve("other"));
    Files.writeString(other.resolve("kept"), "");
    Path root = Files.createDirectories(directory.resolve("root/a/b"));
    Files.createSymbolicLink(root.resolve("link"), other);
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("---------"));

    NodeFiles.delete(directory.resolve("root"));
    NodeFiles.delete(directory.resolve("root"));

    assertThat(directory).isDirectoryNotContaining("glob:**/root");
    assertThat(other.resolve("kept")).exists();
  }

  @Test
  void whatAnotherRemovesMeanwhileIsFine() throws Exception {
    Path root = directory.resolve("root");
    for (int i = 0; i < 500; i++) {
      Path folder = Files.createDirectories(root.resolve(Integer.toString(i)).resolve("below"));
      Files.writeString(folder.resolve("file"), "");
    }
    try (var threads = Executors.newFixedThreadPool(4)) {
      Callable<Boolean> delete =
          () -> {
            NodeFiles.delete(root);
            return true;
          };
      List<Future<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(threads.submit(delete));
      }
      for (Future<Boolean> one : all) {
        assertThat(one.get()).isTrue();
      }
    }
    assertThat(root).doesNotExist();
  }
}
