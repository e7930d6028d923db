package dev.ebb.eventing.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ebb.eventing.testing.SimulatedFiles;
import java.util.Optional;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Random work on a log whose disk loses power in the middle of any write, sync, renaming or
/// deletion, again and again.
///
/// [CrashWorkload] knows what was promised and looks whether it holds after each loss. Some hundred
/// seeds in the normal suite, 20,000 with `-Debb.long=true`, one with `-Debb.seed=N`; the number of
/// a failure is its seed. Two control cases, of disks that do not do what was asked, show that the
/// test sees what it claims to see.
class CrashTest {
  /// What the disks of the control cases lose is said loudly. Held here, for the JDK forgets
  /// loggers that nobody holds.
  private static final Logger LOGGER = Logger.getLogger(Damages.class.getName());

  private static final long SEEDS =
      Long.getLong("ebb.seeds", Boolean.getBoolean("ebb.long") ? 20_000 : 150);
  private static final long FIRST = Long.getLong("ebb.seed", 1);

  @BeforeAll
  static void quiet() {
    LOGGER.setLevel(Level.OFF);
  }

  @AfterAll
  static void loud() {
    LOGGER.setLevel(null);
  }

  @Test
  void whatWasPromisedHoldsAfterLossesOfPower() {
    LongStream.rangeClosed(FIRST, Long.getLong("ebb.seed", SEEDS))
        .forEach(seed -> {
          Throwable failure = catchThrowable(() -> run(seed, Disk.HONEST));
          if (failure != null) {
            throw new AssertionError("seed " + seed, failure);
          }
        });
  }

  @Test
  void theTestSeesThatADiskThatDoesNotSyncLosesWhatWasPromised() {
    assertThat(failuresWith(Disk.SYNCS_NOTHING)).isGreaterThan(10);
  }

  @Test
  void theTestSeesThatNamesThatWereNotSyncedAreLost() {
    assertThat(failuresWith(Disk.SYNCS_NO_NAMES)).isGreaterThan(10);
  }

  private enum Disk {
    HONEST,
    SYNCS_NOTHING,
    SYNCS_NO_NAMES
  }

  private static long failuresWith(Disk disk) {
    return LongStream.rangeClosed(1, 40)
        .filter(seed -> catchThrowable(() -> run(seed, disk)) instanceof AssertionError)
        .count();
  }

  private static void run(long seed, Disk kind) {
    Random random = new Random(seed);
    CrashWorkload workload = new CrashWorkload(random);
    SimulatedFiles disk = new SimulatedFiles();
    for (int loss = 0; loss < 4; loss++) {
      switch (kind) {
        case HONEST -> {}
        case SYNCS_NOTHING -> disk.ignoreSyncs();
        case SYNCS_NO_NAMES -> disk.ignoreDirectorySyncs();
      }
      disk.losePowerAfter(random.nextInt(300));
      workload.workUntilPowerLoss(disk);
      disk =
          random.nextInt(4) == 0
              ? disk.afterKill()
              : disk.afterPowerLoss(
                  random.nextInt(4) == 0 ? Optional.empty() : Optional.<RandomGenerator>of(random));
      workload.check(disk);
    }
    workload.drain(disk);
  }
}
