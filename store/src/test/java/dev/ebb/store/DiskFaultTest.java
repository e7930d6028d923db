package dev.ebb.store;

import static dev.ebb.store.Durability.SYNCED;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A disk that is full or broken; strace makes the system calls on the log fail.
class DiskFaultTest {
  private static final int OPERATIONS = 30;
  private static final int ATTEMPTS = 20;
  private static final String WORKER = Workload.worker("run", 0);

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    // which call fails, how, from which call to which; the message; whether writing goes on
    "pwrite64,        ENOSPC, 20..24, the disk is full,          true",
    "pwrite64,        ENOSPC, 21..21, the disk is full,          true",
    "pwrite64,        EIO,    20..24, cannot be read or written, true",
    "'fsync,fdatasync', EIO,  5..5,   cannot be read or written, false",
    "'fsync,fdatasync', ENOSPC, 5..5, cannot be read or written, false",
  })
  void aWriteThatFailsIsNotVisibleAndReadsGoOn(
      String call, String error, String when, String message, boolean recovers) throws Exception {
    Path file = directory.resolve("ebb.db");
    Path said = directory.resolve("said");
    SystemCalls.trace(
        directory.resolve("trace"),
        List.of(
            "-P", file + "-wal", "-e", "inject=%s:error=%s:when=%s".formatted(call, error, when)),
        ChildJvm.command(directory, Writer.class, file, said));

    Acknowledgements acknowledged = new Acknowledgements();
    int refused = 0;
    for (String line : Files.readAllLines(said, US_ASCII)) {
      if (line.startsWith("refused")) {
        assertThat(line).contains(message).endsWith("as before");
        refused++;
      } else {
        acknowledged.add(line);
      }
    }
    assertThat(refused).isPositive();
    if (recovers) {
      assertThat(refused).isLessThan(ATTEMPTS);
      assertThat(acknowledged.count()).isEqualTo(OPERATIONS);
    } else {
      assertThat(refused).isEqualTo(ATTEMPTS);
    }
    try (Store store = new SqliteStore(file)) {
      acknowledged.check(store, _ -> true);
    }
  }

  /// Writes until it succeeds or has tried often enough.
  static final class Writer {
    private Writer() {}

    /// @param args database, file for what it has to say
    public static void main(String[] args) throws IOException {
      try (OutputStream said = new FileOutputStream(args[1]);
          Store store = new SqliteStore(Path.of(args[0]))) {
        for (int n = 0; n < OPERATIONS && write(store, n, said); n++) {}
      }
    }

    private static boolean write(Store store, int n, OutputStream said) throws IOException {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        Page before = store.list("", "", 0, 0);
        try {
          Workload.acknowledge(said, WORKER, n, Workload.write(store, WORKER, n, SYNCED));
          return true;
        } catch (StoreException e) {
          boolean same =
              store.list("", "", 0, 0).equals(before) && store.revision() == before.revision();
          String line =
              "refused: %s: %s\n".formatted(e.getMessage(), same ? "as before" : "changed");
          said.write(line.getBytes(US_ASCII));
        }
      }
      return false;
    }
  }
}
