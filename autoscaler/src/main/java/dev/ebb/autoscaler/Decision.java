package dev.ebb.autoscaler;

import dev.ebb.dataplane.ScalingDecision;
import dev.ebb.dataplane.ScalingPolicy;
import dev.ebb.dataplane.ScalingPolicy.Metric;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/// One decision about a revision, with the numbers that it was made from, and in words. Pure.
///
/// It keeps numbers and makes the words when somebody asks: of a revision that sleeps its last
/// decisions stay in memory.
///
/// @param from how many instances there should have been before
/// @param wanted how many the load alone wants
/// @param prescription why somebody else wants so many; empty where nobody does
/// @param policy at that time
record Decision(
    Instant at,
    int from,
    int to,
    int ready,
    double stable,
    double panicking,
    boolean panic,
    int wanted,
    Cause cause,
    String prescription,
    ScalingPolicy policy) {

  /// What the count came from in the end.
  enum Cause {
    LOAD,
    RATE,
    DELAY,
    MIN_SCALE,
    INITIAL_SCALE,
    MAX_SCALE,
    ADOPTED,
    DEMAND,
    BUSY,
    ACTIVATING,
    GIVEN_UP,
    WINDOW,
    RETENTION,
    NO_SCALE_TO_ZERO,
    IDLE,
    REST,
    PRESCRIBED,
    NEVER_ZERO
  }

  ScalingDecision told() {
    return new ScalingDecision(
        at, Math.max(0, from), Math.max(0, to), ready, stable, panicking, panic, words());
  }

  String words() {
    return switch (cause) {
      case LOAD -> load() + unlike();
      case RATE -> load() + ", limited by " + rate();
      case DELAY -> load() + held();
      case MIN_SCALE -> load() + ", raised to min-scale " + policy.minScale();
      case INITIAL_SCALE -> "raised to initial-scale " + to + ", until so many were ready";
      case MAX_SCALE -> load() + ", limited by max-scale " + policy.maxScale();
      case ADOPTED -> "found running: kept until their load is known";
      case DEMAND -> "left zero for a waiting request" + start();
      case BUSY -> load() + ", kept for requests under way";
      case ACTIVATING -> load() + ", kept until it is ready";
      case GIVEN_UP -> "not ready within " + time(RevisionScaler.ACTIVATION_TIMEOUT) + ": given up";
      case WINDOW -> load() + ", kept for the stable window of " + time(policy.stableWindow());
      case RETENTION ->
          load()
              + ", kept for scale-to-zero-pod-retention-period "
              + time(policy.scaleToZeroRetention());
      case NO_SCALE_TO_ZERO -> load() + ", kept because enable-scale-to-zero is false";
      case IDLE -> "nothing for " + time(policy.stableWindow()) + ": scaled to zero" + after();
      case REST -> "asked to rest, with no request under way: scaled to zero";
      case PRESCRIBED -> load();
      case NEVER_ZERO -> "scaled by what its instances use: the last one stays";
    };
  }

  /// How long a count is held when a lower one is wanted.
  static Duration holds(ScalingPolicy policy) {
    return policy.metric() == Metric.BACKLOG
            && policy.stableWindow().compareTo(policy.scaleDownDelay()) > 0
        ? policy.stableWindow()
        : policy.scaleDownDelay();
  }

  private String held() {
    return holds(policy).equals(policy.scaleDownDelay())
        ? ", held by scale-down-delay " + time(policy.scaleDownDelay())
        : ", held for the stable window of " + time(policy.stableWindow());
  }

  /// The average that decided, of the window that it is of.
  private String load() {
    if (policy.metric() == Metric.USE) {
      return prescription.isEmpty() ? "what its instances use is not known yet" : prescription;
    }
    if (policy.metric() == Metric.BACKLOG) {
      return String.format(
          Locale.ROOT,
          "backlog: %.0f asynchronous calls, %.1f per instance: %d wanted",
          stable,
          KpaDecider.target(policy),
          wanted);
    }
    boolean burst = panic && panicking >= stable;
    return String.format(
        Locale.ROOT,
        "%s: %.1f %s on average over %s, %.1f per instance: %d wanted",
        panic ? "panic" : "stable",
        burst ? panicking : stable,
        unit(),
        time(burst ? panicWindow(policy) : policy.stableWindow()),
        KpaDecider.target(policy),
        wanted);
  }

  private String unit() {
    return switch (policy.metric()) {
      case CONCURRENCY -> "requests in flight";
      case RPS -> "requests per second";
      case BACKLOG -> "asynchronous calls";
      case USE -> "use";
    };
  }

  /// Why the count is not what the load wants, though nothing else decided.
  private String unlike() {
    if (to <= wanted) {
      return "";
    }
    return panic
        ? ", and in panic mode the count does not fall"
        : ", raised to activation-scale " + to;
  }

  private String rate() {
    return wanted > to
        ? String.format(
            Locale.ROOT, "max-scale-up-rate %.1f of %d ready", policy.maxScaleUpRate(), ready)
        : String.format(
            Locale.ROOT, "max-scale-down-rate %.1f of %d ready", policy.maxScaleDownRate(), ready);
  }

  private String start() {
    if (to <= 1) {
      return "";
    }
    if (to < policy.activationScale()) {
      return ", limited by max-scale " + to;
    }
    return ", at " + (to == policy.activationScale() ? "activation-scale " : "min-scale ") + to;
  }

  private String after() {
    return !policy.reachable() || policy.scaleToZeroRetention().isZero()
        ? ""
        : " after scale-to-zero-pod-retention-period " + time(policy.scaleToZeroRetention());
  }

  static Duration panicWindow(ScalingPolicy policy) {
    double seconds = policy.stableWindow().toMillis() * policy.panicWindowPercentage() / 100_000;
    return Duration.ofSeconds(Math.max(1, Math.round(seconds)));
  }

  private static String time(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
