package dev.ebb.store;

import static dev.ebb.store.Durability.EPHEMERAL;
import static dev.ebb.store.Durability.SYNCED;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` in the middle of writes, again and again on the same database.
///
/// The number of rounds is the system property `ebb.crash.rounds`. This shows that a crash of the
/// process loses nothing; what a loss of power does is the business of [PowerLossTest].
class KillTest {
  private static final int ROUNDS = Integer.getInteger("ebb.crash.rounds", 5);

  /// Far more than a child does before it is killed.
  private static final int ENDLESS = 10_000_000;

  @TempDir private Path directory;

  @Test
  void aKilledProcessLosesNothingThatItAcknowledged() throws Exception {
    Path file = directory.resolve("ebb.db");
    Random random = new Random(ROUNDS);
    Acknowledgements all = new Acknowledgements();
    for (int round = 0; round < ROUNDS; round++) {
      int before = all.count();
      writeUntilKilled(file, "round-" + round, 1 + random.nextInt(1 << (3 * (1 + round % 4))), all);

      assertThat(all.count()).isGreaterThan(before);
      try (Store store = new SqliteStore(file)) {
        // The page cache outlives the process, so that not even ephemeral writes are lost.
        all.check(store, _ -> true);
        store.delete("/probe", store.get("/probe").orElseThrow().revision(), SYNCED);
      }
    }
  }

  private void writeUntilKilled(Path file, String run, int lines, Acknowledgements all)
      throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                ChildJvm.command(
                    directory,
                    Workload.class,
                    file,
                    "/dev/stdout",
                    run,
                    1,
                    8,
                    ENDLESS,
                    SYNCED,
                    EPHEMERAL))
            .redirectError(Redirect.DISCARD)
            .start();
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(child.getInputStream(), US_ASCII))) {
      for (int i = 0; i < lines; i++) {
        String line = output.readLine();
        assertThat(line).as("the child ended by itself").isNotNull();
        all.add(line);
      }
      child.toHandle().destroyForcibly(); // that of Process closes the pipe as well
      // What it said between our decision and its end counts too.
      output.lines().forEach(all::add);
    }
    assertThat(child.waitFor()).isEqualTo(128 + 9);
  }
}
