package dev.ebb.store;

import static dev.ebb.store.Durability.SYNCED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged files: whatever was done to the database, it is refused or shows all that was written;
/// and to its log, which SQLite reads up to the first frame that is wrong, it is refused or shows
/// the state after one of the operations.
class DamageTest {
  private static final String WORKER = Workload.worker("run", 0);
  private static final int OPERATIONS = 60;
  private static final int PAGE = 4096;
  private static final int ROUNDS = Integer.getInteger("ebb.damage.rounds", 60);

  @TempDir private Path directory;
  private Path file;
  private Path log;
  private byte[] databaseAlone = {};
  private byte[] databaseBesideLog = {};
  private byte[] wholeLog = {};

  /// Takes the files when all operations are in the log only, and when all are in the database.
  @BeforeEach
  void write() throws IOException {
    file = directory.resolve("ebb.db");
    log = directory.resolve("ebb.db-wal");
    try (Store store = new SqliteStore(file)) {
      for (int n = 0; n < OPERATIONS; n++) {
        Workload.write(store, WORKER, n, SYNCED);
      }
      databaseBesideLog = Files.readAllBytes(file);
      wholeLog = Files.readAllBytes(log);
    }
    databaseAlone = Files.readAllBytes(file);
  }

  @Test
  void aDatabaseThatWasCutOffIsRefused() throws IOException {
    IntStream pages = IntStream.range(0, databaseAlone.length / PAGE).map(page -> page * PAGE);
    IntStream odd = IntStream.of(1, 15, 16, 99, 100, 511, PAGE + 1, databaseAlone.length - 1);
    for (int length : IntStream.concat(pages, odd).toArray()) {
      Files.write(file, Arrays.copyOf(databaseAlone, length));

      assertThatExceptionOfType(StoreException.class)
          .as("%d bytes of %d", length, databaseAlone.length)
          .isThrownBy(this::operationsShown)
          .withMessageContaining(file.toString());
    }
  }

  @Test
  void aDamagedDatabaseIsRefusedOrShowsAllThatWasWritten() throws IOException {
    int refused = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      Files.write(file, damaged(databaseAlone, new Random(seed)));
      Files.deleteIfExists(log);
      try {
        assertThat(operationsShown()).as("seed %d", seed).isEqualTo(OPERATIONS);
      } catch (StoreException e) {
        refused++;
      }
    }
    assertThat(refused).as("of %d; some damage hits free space", ROUNDS).isGreaterThan(ROUNDS / 2);
  }

  @Test
  void aLogThatWasCutOffShowsTheStateAfterTheLastWholeCommit() throws IOException {
    int before = 0;
    for (int length = 0; length <= wholeLog.length; length += wholeLog.length / 40) {
      Files.write(file, databaseBesideLog);
      Files.write(log, Arrays.copyOf(wholeLog, length));

      int shown = operationsShown();
      assertThat(shown).as("%d bytes", length).isBetween(before, OPERATIONS);
      before = shown;
    }
    assertThat(before).isGreaterThan(OPERATIONS / 2);
  }

  @Test
  void aDamagedLogShowsTheStateAfterOneOfTheOperations() throws IOException {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Files.write(file, databaseBesideLog);
      Files.write(log, damaged(wholeLog, new Random(seed)));

      assertThat(operationsShown()).as("seed %d", seed).isBetween(0, OPERATIONS);
    }
  }

  /// @throws StoreException when the store is refused
  private int operationsShown() {
    try (Store store = new SqliteStore(file)) {
      return Workload.operationsShown(store, WORKER, 0, OPERATIONS)
          .orElseThrow(() -> new AssertionError("not the state after an operation"));
    }
  }

  /// Bits that flipped, sectors that were never written, pages that went to the wrong place.
  private static byte[] damaged(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(4)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> {
        byte[] noise = new byte[Math.min(1 + random.nextInt(64), bytes.length - at)];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, bytes, at, noise.length);
      }
      case 2 -> {
        int sector = at / 512 * 512;
        Arrays.fill(bytes, sector, Math.min(sector + 512, bytes.length), (byte) 0);
      }
      default -> {
        int from = random.nextInt(bytes.length / PAGE) * PAGE;
        int to = random.nextInt(bytes.length / PAGE) * PAGE;
        System.arraycopy(whole, from, bytes, to, PAGE);
      }
    }
    return bytes;
  }
}
