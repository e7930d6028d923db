package dev.ebb.node.usage;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Makes rates of the kernel's counters: each is compared with itself earlier. Nothing is measured
/// while nobody asks, and of all that was read only one earlier reading is kept.
///
/// The window begins at that reading when it is not too old; of what is younger than it, or was
/// started again since, at its start, for there the counter was zero. Only who asks for something
/// old after a long silence waits for a second reading. Thread-safe.
public final class UsageWindows {
  /// A shorter window tells more of the scheduler than of the program; within it an answer is given
  /// again.
  static final Duration SHORTEST = Duration.ofSeconds(1);

  /// As long as that of metrics-server, where somebody asks again and again.
  static final Duration USUAL = Duration.ofSeconds(15);

  /// What is asked for is the use of now.
  static final Duration LONGEST = Duration.ofSeconds(60);

  private final Supplier<Map<Metered, Counter>> meter;
  private final Pause pause;
  private final Supplier<Duration> monotonic;
  private final InstantSource clock;
  private final Lock lock = new ReentrantLock();
  private Optional<Reading> earlier = Optional.empty();
  private Optional<Answer> last = Optional.empty();

  /// Waits.
  @FunctionalInterface
  public interface Pause {
    void pause(Duration time) throws InterruptedException;
  }

  private record Reading(Duration at, Map<Metered, Counter> counters) {}

  private record Answer(Duration at, UsageReport report) {}

  /// @param meter reads all counters; may block for milliseconds
  /// @param monotonic a clock that nobody sets
  public UsageWindows(
      Supplier<Map<Metered, Counter>> meter,
      Pause pause,
      Supplier<Duration> monotonic,
      InstantSource clock) {
    this.meter = meter;
    this.pause = pause;
    this.monotonic = monotonic;
    this.clock = clock;
  }

  /// Blocks for the shortest window where there is nothing to compare with.
  public UsageReport report() {
    lock.lock();
    try {
      Duration now = monotonic.get();
      if (last.isPresent() && now.minus(last.get().at()).compareTo(SHORTEST) < 0) {
        return last.get().report();
      }
      UsageReport report = measure(now);
      last = Optional.of(new Answer(monotonic.get(), report));
      return report;
    } finally {
      lock.unlock();
    }
  }

  private UsageReport measure(Duration now) {
    Optional<Reading> base =
        earlier.filter(reading -> now.minus(reading.at()).compareTo(LONGEST) <= 0);
    Reading first = read();
    Reading second = first;
    if (first.counters().entrySet().stream().anyMatch(one -> isUnknown(one, base))) {
      second = waited() ? read() : first;
    }
    if (base.filter(reading -> isYounger(first.at().minus(reading.at()), USUAL)).isEmpty()) {
      earlier = Optional.of(first);
    }
    Map<Metered, Usage> usages = new HashMap<>();
    for (Map.Entry<Metered, Counter> one : second.counters().entrySet()) {
      Reading then =
          base.filter(reading -> reading.counters().containsKey(one.getKey())).orElse(first);
      usages.put(one.getKey(), usage(one, second.at(), then));
    }
    return new UsageReport(clock.instant(), usages);
  }

  private Reading read() {
    Map<Metered, Counter> counters = meter.get();
    return new Reading(monotonic.get(), counters);
  }

  private static boolean isUnknown(Map.Entry<Metered, Counter> one, Optional<Reading> base) {
    boolean compared =
        base.filter(reading -> reading.counters().containsKey(one.getKey())).isPresent();
    return !compared && one.getValue().age().compareTo(LONGEST) > 0;
  }

  private static boolean isYounger(Duration one, Duration other) {
    return one.compareTo(other) < 0;
  }

  private boolean waited() {
    try {
      pause.pause(SHORTEST);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Usage usage(Map.Entry<Metered, Counter> one, Duration at, Reading base) {
    Counter counter = one.getValue();
    Duration since = at.minus(base.at());
    Optional<Counter> then =
        Optional.ofNullable(base.counters().get(one.getKey()))
            .filter(earlier -> !since.isZero() && !isYounger(counter.age(), since));
    Duration window = then.isPresent() ? since : counter.age();
    if (isYounger(window, Duration.ofMillis(1))) {
      window = Duration.ofMillis(1);
    }
    // Less than before: a process has ended whose time its parent never asked for.
    long nanos = Math.max(0, counter.cpuNanos() - then.map(Counter::cpuNanos).orElse(0L));
    return new Usage((long) (nanos * 1e9 / window.toNanos()), counter.memoryBytes(), window);
  }
}
