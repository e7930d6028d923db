package dev.ebb.node.pods;

import dev.ebb.dataplane.Probe;
import dev.ebb.node.Loop;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// Asks one probe of one run of a container again and again. Only the node's loop touches it; tries
/// are made beside it.
///
/// Until its first success it asks much oftener than its period, for a start waits for the answer:
/// each millisecond at first, then each twentieth of the time that has passed but once a second at
/// least, and never so often that the tries themselves take more than a third of the time. So the
/// wait adds at most five percent to a start, a slow one costs little, and what is wrong with it is
/// known a second after it went wrong, however long it had taken until then.
final class ProbeLoop {
  private static final long SHORTEST = Duration.ofMillis(1).toNanos();
  private static final long LONGEST = Duration.ofSeconds(1).toNanos();
  private static final int SHARE = 20;
  private static final int REST = 2;

  /// Of a probe that does not say: Kubernetes's default.
  private static final Duration PERIOD = Duration.ofSeconds(10);

  private final Loop loop;
  private final Probe probe;
  private final Function<Probe, ProbeResult> asker;
  private final Consumer<Verdict> verdicts;
  private final Optional<Duration> eagerFor;
  private final long begun;
  private boolean stopped;
  private boolean succeeded;
  private int successes;
  private int failures;
  private Loop.Timer timer = Loop.Timer.NONE;

  /// @param healthy as the thresholds have it
  record Verdict(boolean healthy, String message) {}

  /// @param asker blocks
  /// @param verdicts gets one for each try that reaches a threshold
  /// @param eagerFor present when the first success is waited for: after so long without one there
  ///   is a verdict
  ProbeLoop(
      Loop loop,
      Probe probe,
      Function<Probe, ProbeResult> asker,
      Consumer<Verdict> verdicts,
      Optional<Duration> eagerFor) {
    this.loop = loop;
    this.probe = probe;
    this.asker = asker;
    this.verdicts = verdicts;
    this.eagerFor = eagerFor;
    begun = loop.nanoTime();
  }

  ProbeLoop start() {
    if (probe.initialDelay().isZero()) {
      ask();
    } else {
      timer = loop.after(probe.initialDelay(), this::ask);
    }
    return this;
  }

  void stop() {
    stopped = true;
    timer.cancel();
  }

  private void ask() {
    long asked = loop.nanoTime();
    loop.work(() -> {
      ProbeResult result = asker.apply(probe);
      loop.execute(() -> answered(result, asked));
    });
  }

  private void answered(ProbeResult result, long asked) {
    if (stopped) {
      return;
    }
    if (result.healthy()) {
      successes++;
      failures = 0;
      if (successes >= probe.successThreshold()) {
        succeeded = true;
        verdicts.accept(new Verdict(true, ""));
      }
    } else {
      successes = 0;
      failures++;
      if (isOverdue()) {
        verdicts.accept(new Verdict(false, result.message()));
      }
    }
    if (!stopped) {
      timer = loop.after(pause(loop.nanoTime() - asked), this::ask);
    }
  }

  private boolean isOverdue() {
    return isEager()
        ? loop.nanoTime() - begun >= eagerFor.orElseThrow().toNanos()
        : failures >= probe.failureThreshold();
  }

  private boolean isEager() {
    return eagerFor.isPresent() && !succeeded;
  }

  /// How long a probe's threshold of failures takes when it is asked at its period.
  static Duration patience(Probe probe) {
    return probe.initialDelay().plus(period(probe).multipliedBy(probe.failureThreshold()));
  }

  private Duration pause(long took) {
    if (!isEager()) {
      return period(probe);
    }
    long share = Math.min(LONGEST, (loop.nanoTime() - begun) / SHARE);
    long pause = Math.max(SHORTEST, Math.max(share, REST * took));
    return Duration.ofNanos(Math.min(pause, period(probe).toNanos()));
  }

  private static Duration period(Probe probe) {
    return probe.period().isZero() ? PERIOD : probe.period();
  }
}
