package dev.ebb.store;

import static dev.ebb.store.Durability.EPHEMERAL;
import static dev.ebb.store.Durability.SYNCED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ebb.store.SystemCalls.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a loss of power leaves of a store, at many moments of its life.
///
/// `kill -9` cannot show that a write is durable, for the kernel keeps what was written but not
/// synced. So a [Workload] runs under strace, which records each write and each fsync; a
/// [SimulatedDisk] replays them, and at many moments drops what was not synced; the store that is
/// opened on the rest must have all that was acknowledged up to that moment. Two control cases, in
/// which the fsync is left out, show that the test sees what it claims to see.
class PowerLossTest {
  private static final int WORKERS = 4;
  private static final int SESSIONS = 2;

  /// Enough to fill the log, 1000 pages, so that SQLite moves it into the database meanwhile.
  private static final int OPERATIONS = 200;

  /// So many losses of power are simulated for each run and for each kind of luck.
  private static final int LOSSES = 25;

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void powerLossTakesNothingThatWasAcknowledgedAsSynced(Durability ofOddWorkers) throws Exception {
    List<Call> calls = record(SYNCED, ofOddWorkers, List.of());

    assertThat(losses(calls, Optional.empty(), worker -> isSynced(worker, ofOddWorkers)))
        .as("nothing survives but what was synced")
        .isEmpty();
    for (long seed = 1; seed <= 2; seed++) {
      Optional<Random> luck = Optional.of(new Random(seed));
      assertThat(losses(calls, luck, worker -> isSynced(worker, ofOddWorkers)))
          .as("some of the rest survives, seed %d", seed)
          .isEmpty();
    }
  }

  private static boolean isSynced(String worker, Durability ofOddWorkers) {
    boolean odd = Integer.parseInt(worker.substring(worker.lastIndexOf('/') + 1)) % 2 == 1;
    return !odd || ofOddWorkers == SYNCED;
  }

  @Test
  void theTestSeesThatEphemeralWritesAreLost() throws Exception {
    assertThat(losses(record(EPHEMERAL, EPHEMERAL, List.of()), Optional.empty(), _ -> true))
        .hasSizeGreaterThan(LOSSES / 2);
  }

  @Test
  void theTestSeesThatADiskThatDoesNotSyncLosesWrites() throws Exception {
    List<String> noSync = List.of("-e", "inject=fsync,fdatasync:retval=0");

    assertThat(losses(record(SYNCED, SYNCED, noSync), Optional.empty(), _ -> true))
        .hasSizeGreaterThan(LOSSES / 2);
  }

  private List<Call> record(Durability even, Durability odd, List<String> options)
      throws IOException, InterruptedException {
    Path trace = directory.resolve("trace");
    Path data = Files.createDirectory(directory.resolve("data"));
    Path said = directory.resolve("said");
    SystemCalls.trace(
        trace,
        options,
        ChildJvm.command(
            directory,
            Workload.class,
            data.resolve("ebb.db"),
            said,
            "run",
            SESSIONS,
            WORKERS,
            OPERATIONS,
            even,
            odd));
    List<Call> calls = SystemCalls.read(trace, data, said);
    assertThat(calls.stream().filter(call -> call instanceof Call.Say))
        .hasSize(SESSIONS * WORKERS * OPERATIONS);
    assertThat(calls.stream().filter(PowerLossTest::beginsTheLog))
        .as("SQLite begins its log anew after moving it into the database, in each session")
        .hasSizeGreaterThan(SESSIONS);
    assertThat(calls.stream().filter(call -> call instanceof Call.Sync))
        .as("group commit: workers share syncs")
        .hasSizeLessThan(SESSIONS * WORKERS * OPERATIONS);
    return calls;
  }

  private static boolean beginsTheLog(Call call) {
    return call instanceof Call.Write write
        && write.offset() == 0
        && write.path().endsWith("ebb.db-wal");
  }

  /// What was wrong after each of the losses of power after which something was wrong.
  private List<Throwable> losses(
      List<Call> calls, Optional<Random> luck, Predicate<String> isSynced) throws IOException {
    List<Throwable> failures = new ArrayList<>();
    SimulatedDisk disk = new SimulatedDisk();
    Acknowledgements said = new Acknowledgements();
    for (int i = 0; i < calls.size(); i++) {
      disk.apply(calls.get(i));
      if (calls.get(i) instanceof Call.Say(String line)) {
        said.add(line);
      }
      if (i % (calls.size() / LOSSES) == 0) {
        Path left = Files.createTempDirectory(directory, "left");
        disk.losePower(luck, left);
        Throwable failure =
            catchThrowable(() -> {
              try (Store store = new SqliteStore(left.resolve("ebb.db"))) {
                said.check(store, isSynced);
              }
            });
        if (failure != null) {
          failures.add(failure);
        }
      }
    }
    return failures;
  }
}
