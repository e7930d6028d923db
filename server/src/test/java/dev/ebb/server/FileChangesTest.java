package dev.ebb.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileChangesTest {
  @TempDir private Path directory = Path.of("");

  private static CompletableFuture<Boolean> next(FileChanges changes) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            changes.await();
            return true;
          } catch (InterruptedException | IOException e) {
            throw new IllegalStateException(e);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  @Test
  void aWriteInPlaceAndAReplacementAreSeenAndOtherFilesAreNot() throws Exception {
    Path file = Files.writeString(directory.resolve("f.py"), "1");
    try (FileChanges changes = new FileChanges(file, bytes("1"))) {
      CompletableFuture<Boolean> first = next(changes);
      Files.writeString(directory.resolve("other.py"), "x");
      // Not cut off first, as an empty file would be a change.
      Files.writeString(file, "1", StandardOpenOption.WRITE);
      assertThat(first).isNotDone();
      Files.writeString(file, "2");
      assertThat(first.get(60, TimeUnit.SECONDS)).isTrue();

      CompletableFuture<Boolean> second = next(changes);
      Path replacement = Files.writeString(directory.resolve(".f.py.swp"), "3");
      Files.move(replacement, file, StandardCopyOption.REPLACE_EXISTING);
      assertThat(second.get(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void whatWasSavedBeforeItWatchedIsSeen() throws Exception {
    Path file = Files.writeString(directory.resolve("f.py"), "2");
    try (FileChanges changes = new FileChanges(file, bytes("1"))) {
      assertThat(next(changes).get(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aFileThatIsWrittenAnewIsWaitedFor() throws Exception {
    Path file = Files.writeString(directory.resolve("f.py"), "1");
    try (FileChanges changes = new FileChanges(file, bytes("1"))) {
      Files.writeString(file, "");
      CompletableFuture<Boolean> next = next(changes);
      Files.delete(file);
      Files.writeString(file, "1");
      assertThat(next).isNotDone();
      Files.writeString(file, "2");
      assertThat(next.get(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
