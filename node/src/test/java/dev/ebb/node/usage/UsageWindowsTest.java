package dev.ebb.node.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.dataplane.InstanceId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class UsageWindowsTest {
  private static final Metered OLD = Metered.container(new InstanceId("a"), "old");
  private static final Metered NEW = Metered.container(new InstanceId("a"), "new");
  private static final Duration HOUR = Duration.ofHours(1);

  /// A machine whose containers use processor time evenly, on a clock that only tests move.
  private final Map<Metered, Load> loads = new HashMap<>();

  private Duration now = HOUR;
  private int readings;
  private int pauses;
  private boolean interrupted;

  private record Load(Duration start, double cores, long nanosBefore) {}

  private final UsageWindows windows =
      new UsageWindows(
          this::read,
          time -> {
            pauses++;
            if (interrupted) {
              throw new InterruptedException();
            }
            now = now.plus(time);
          },
          () -> now,
          () -> Instant.EPOCH.plus(now));

  private Map<Metered, Counter> read() {
    readings++;
    Map<Metered, Counter> counters = new HashMap<>();
    loads.forEach((key, load) -> {
      Duration age = now.minus(load.start());
      long nanos = load.nanosBefore() + (long) (age.toNanos() * load.cores());
      counters.put(key, new Counter(nanos, 100, age));
    });
    return counters;
  }

  private void run(Metered what, double cores) {
    loads.put(what, new Load(now, cores, 0));
  }

  private void pass(int seconds) {
    now = now.plusSeconds(seconds);
  }

  private Usage usage(Metered what) {
    return Objects.requireNonNull(windows.report().usages().get(what));
  }

  @Test
  void whatIsOldIsReadTwiceByTheFirstWhoAsks() {
    // A long life with other habits says nothing of now.
    loads.put(OLD, new Load(Duration.ZERO, 0.5, 3_000_000_000_000L));
    assertThat(usage(OLD)).isEqualTo(new Usage(500_000_000, 100, Duration.ofSeconds(1)));
    assertThat(pauses).isEqualTo(1);
  }

  @Test
  void whatIsYoungIsMeasuredFromItsStart() {
    run(NEW, 2);
    pass(4);
    assertThat(usage(NEW)).isEqualTo(new Usage(2_000_000_000, 100, Duration.ofSeconds(4)));
    assertThat(pauses).isZero();
  }

  @Test
  void whatHasJustStartedHasAWindow() {
    run(NEW, 1);
    assertThat(usage(NEW)).isEqualTo(new Usage(0, 100, Duration.ofMillis(1)));
  }

  @Test
  void whoAsksAgainWaitsNoMore() {
    loads.put(OLD, new Load(Duration.ZERO, 1, 0));
    usage(OLD);
    pass(10);
    assertThat(usage(OLD).window()).isEqualTo(Duration.ofSeconds(11));
    pass(15);
    assertThat(usage(OLD).window()).isEqualTo(Duration.ofSeconds(26));
    pass(15);
    assertThat(usage(OLD).window()).isEqualTo(Duration.ofSeconds(15));
    assertThat(pauses).isEqualTo(1);
  }

  @Test
  void anAnswerIsGivenAgainForASecond() {
    run(NEW, 1);
    pass(5);
    UsageReport first = windows.report();
    now = now.plusMillis(999);
    assertThat(windows.report()).isSameAs(first);
    assertThat(readings).isEqualTo(1);
    now = now.plusMillis(1);
    assertThat(windows.report()).isNotSameAs(first);
  }

  @Test
  void afterALongSilenceTheWindowBeginsAnew() {
    loads.put(OLD, new Load(Duration.ZERO, 1, 0));
    usage(OLD);
    pass(120);
    assertThat(usage(OLD).window()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void whatWasStartedAgainIsMeasuredFromThere() {
    loads.put(OLD, new Load(Duration.ZERO, 1, 0));
    usage(OLD);
    pass(8);
    run(OLD, 0.25);
    pass(2);
    assertThat(usage(OLD)).isEqualTo(new Usage(250_000_000, 100, Duration.ofSeconds(2)));
  }

  @Test
  void whatIsNewBesideTheOldHasAWindowOfItsOwn() {
    loads.put(OLD, new Load(Duration.ZERO, 1, 0));
    usage(OLD);
    pass(5);
    run(NEW, 1);
    pass(5);
    assertThat(usage(NEW).window()).isEqualTo(Duration.ofSeconds(5));
    assertThat(usage(OLD).window()).isEqualTo(Duration.ofSeconds(11));
  }

  @Test
  void aCounterThatWentDownIsNoNegativeUse() {
    loads.put(OLD, new Load(Duration.ZERO, 1, 0));
    usage(OLD);
    pass(5);
    loads.put(OLD, new Load(Duration.ZERO, 0, 7));
    assertThat(usage(OLD).cpuNanos()).isZero();
  }

  @Test
  void whoIsInterruptedGetsTheUseSinceTheStart() {
    loads.put(OLD, new Load(Duration.ZERO, 0.5, 0));
    interrupted = true;
    assertThat(usage(OLD)).isEqualTo(new Usage(500_000_000, 100, HOUR));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void theMachineIsReadFromTheKernelsFiles() {
    String stat = "cpu  100 1 20 5000 300 0 4 50 7 0\ncpu0 1 2 3\n";
    String meminfo = "MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    400 kB\n";
    assertThat(MachineCounter.parse(stat, meminfo, "3600.51 7000.00\n"))
        .isEqualTo(new Counter(1_250_000_000, 600 << 10, HOUR));
    assertThatThrownBy(() -> MachineCounter.parse("", meminfo, "1 1"))
        .hasMessageContaining("processor times");
    assertThatThrownBy(() -> MachineCounter.parse(stat, "MemTotal: 1 kB", "1 1"))
        .hasMessageContaining("MemAvailable");
  }

  @Test
  void thisMachineCanBeRead() {
    Counter counter = MachineCounter.read();
    assertThat(counter.memoryBytes()).isPositive();
    assertThat(counter.cpuNanos()).isPositive();
  }
}
