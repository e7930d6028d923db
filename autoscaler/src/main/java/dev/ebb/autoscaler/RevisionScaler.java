package dev.ebb.autoscaler;

import dev.ebb.autoscaler.Decision.Cause;
import dev.ebb.autoscaler.KpaDecider.Panic;
import dev.ebb.dataplane.RevisionStats;
import dev.ebb.dataplane.ScalingDecision;
import dev.ebb.dataplane.ScalingPolicy;
import dev.ebb.dataplane.ScalingPolicy.Metric;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One revision: its windows, its state and its present decision.
///
/// A decision is the load's wish ([KpaDecider]) after `scale-down-delay`, then the bounds, then the
/// rules about zero. State, in Knative's words: *initialised* once the initial scale was ready;
/// *activating* from leaving zero until enough instances are ready; *active* from then on.
///
/// Not thread-safe but for `desired`, `demand` and `takeDemand`: the caller holds the monitor.
final class RevisionScaler {
  /// Nothing was asked of the node yet: what runs there, it adopted.
  static final int UNKNOWN = -1;

  /// How often decisions are made; also the granularity of `scale-down-delay`.
  static final Duration TICK = Duration.ofSeconds(2);

  /// An activation that achieves nothing is given up after Knative's default progress deadline of
  /// 600 s and the 30 s that it adds; while a request waits it is never given up.
  static final Duration ACTIVATION_TIMEOUT = Duration.ofSeconds(630);

  private static final RevisionStats NO_STATS = new RevisionStats(0, 0, 0, 0, 0);

  /// As many changes as a person reads to see what happened last.
  private static final int CHANGES = 10;

  private ScalingPolicy policy;
  private final LoadAverages averages = new LoadAverages();
  private @Nullable DelayWindow delay;
  private RevisionStats stats = NO_STATS;

  /// Asynchronous calls that are not done.
  private long backlog;

  private Panic panic = Panic.NONE;
  private boolean initialised;
  private boolean activating;
  private boolean idle;

  /// Somebody wants as few instances as may be, until the next request.
  private boolean resting;

  private long activatingSince;
  private long activeSince;
  private long idleSince;

  private volatile int desired;
  private final AtomicBoolean demanded = new AtomicBoolean();
  private int applied = UNKNOWN;
  private boolean removed;

  private final ArrayDeque<Decision> changes = new ArrayDeque<>(0);

  // What the present decision was made from.
  private Instant decidedAt = Instant.EPOCH;
  private int before;
  private int wanted;
  private double stable;
  private double panicking;
  private Cause cause = Cause.LOAD;

  /// By whoever measures use; 0 for nobody yet.
  private int prescribed;

  private String prescription = "";

  /// @param running instances of the revision that an earlier server started
  RevisionScaler(ScalingPolicy policy, int running, long now, Instant at) {
    this.policy = policy;
    decidedAt = at;
    int first = firstScale();
    if (policy.initialScale() >= first) {
      cause = Cause.INITIAL_SCALE;
    } else {
      cause = policy.minScale() >= first ? Cause.MIN_SCALE : Cause.NEVER_ZERO;
    }
    initialised = first == 0;
    if (running > 0) {
      adopt(running, now);
    } else if (first > 0) {
      beginActivation(now);
      change(first);
    }
  }

  /// Changes the policy with effect from the next decision.
  void policy(ScalingPolicy changed) {
    averages.change(policy, changed);
    policy = changed;
  }

  /// What the gateway saw from one time to a later one.
  void observe(long from, long to, RevisionStats seen) {
    stats = seen.equals(NO_STATS) ? NO_STATS : seen;
    averages.record(policy, from, to, seen);
  }

  /// How many asynchronous calls are not done now.
  void backlog(long calls) {
    backlog = calls;
  }

  int ready() {
    return stats.readyInstances();
  }

  /// Decides anew. Allocates nothing for a revision that sleeps.
  void decide(long now, Instant at) {
    boolean wasDemanded = takeDemand();
    if (isAsleep(now) && !wasDemanded) {
      averages.forget();
      return;
    }
    decidedAt = at;
    if (applied == UNKNOWN && desired == 0 && stats.readyInstances() > 0) {
      adopt(stats.readyInstances(), now);
    }
    noteProgress(now);
    if (policy.metric() == Metric.USE) {
      settle(bounded(prescribed()), now);
      return;
    }
    int wish = policy.metric() == Metric.BACKLOG ? forBacklog() : forLoad(now);
    boolean busy = isBusy() || wasDemanded;
    resting &= !busy;
    int count = bounded(resting ? 0 : delayed(wish, now));
    if (count == 0) {
      count = aboutZero(busy, now);
    } else {
      idle = false;
    }
    settle(count, now);
    // A request may have come since the demand was taken, and seen a count above zero.
    if (count == 0 && takeDemand()) {
      activate(now, at);
    }
  }

  private int forLoad(long now) {
    stable = averages.stable(policy, now);
    panicking = averages.panicking(policy, now);
    var wish = KpaDecider.recommend(policy, stable, panicking, stats.readyInstances(), panic, now);
    panic = wish.panic();
    wanted = wish.wanted();
    cause = wish.limited() ? Cause.RATE : Cause.LOAD;
    return wish.instances();
  }

  private int forBacklog() {
    stable = queued();
    panicking = stable;
    panic = Panic.NONE;
    wanted = KpaDecider.forBacklog(policy, queued());
    cause = Cause.LOAD;
    return wanted;
  }

  /// New calls go where a route leads.
  private long queued() {
    return policy.metric() == Metric.BACKLOG && policy.reachable() ? backlog : 0;
  }

  /// Forgets the load. What comes in from now on counts again.
  void rest() {
    resting = true;
    averages.forget();
    panic = Panic.NONE;
    delay = null;
  }

  /// As long as nobody prescribes, what there is stays.
  private int prescribed() {
    if (prescribed == 0) {
      if (desired > 0) {
        return desired;
      }
      cause = Cause.NEVER_ZERO;
      return 1;
    }
    cause = Cause.PRESCRIBED;
    return prescribed;
  }

  /// @param count at least 1
  void prescribe(int count, String why, long now, Instant at) {
    if (policy.metric() == Metric.USE && !removed) {
      prescribed = count;
      prescription = why;
      decide(now, at);
    }
  }

  /// Leaves zero for a waiting request.
  void activate(long now, Instant at) {
    if (desired <= 0 && !removed) {
      decidedAt = at;
      cause = Cause.DEMAND;
      settle(leavingZero(), now);
    }
  }

  int desired() {
    return desired;
  }

  /// A request waits. Callable from any thread. False when that is known already.
  boolean demand() {
    return !demanded.getAndSet(true);
  }

  boolean isPanicking() {
    return panic.active();
  }

  /// The average of the stable window, or the backlog.
  double stableLoad() {
    return stable;
  }

  Metric metric() {
    return policy.metric();
  }

  /// The count that the node was told last, or [#UNKNOWN].
  int applied() {
    return applied;
  }

  void applied(int count) {
    applied = count;
  }

  void remove() {
    removed = true;
  }

  boolean isRemoved() {
    return removed;
  }

  ScalingDecision decision() {
    return present().told();
  }

  /// The decisions that changed the count, the last of them last.
  List<ScalingDecision> changes() {
    return changes.stream().map(Decision::told).toList();
  }

  private Decision present() {
    return new Decision(
        decidedAt,
        before,
        desired,
        stats.readyInstances(),
        stable,
        panicking,
        panic.active(),
        policy.metric() == Metric.USE ? prescribed : wanted,
        cause,
        prescription,
        policy);
  }

  private void change(int count) {
    before = desired;
    desired = count;
    if (count != before) {
      if (changes.size() == CHANGES) {
        changes.removeFirst();
      }
      changes.addLast(present());
    }
  }

  private boolean isAsleep(long now) {
    return desired == 0
        && stats.readyInstances() == 0
        && !isBusy()
        && minimum() == 0
        && policy.scaleToZero()
        && policy.metric() != Metric.USE
        && averages.isEmpty(now);
  }

  /// Keeps what runs already. More than one instance begin in panic mode, which holds them until
  /// there is a window's worth of readings.
  private void adopt(int running, long now) {
    if (running >= firstScale()) {
      initialised = true;
      activating = false;
      activeSince = now;
    } else {
      beginActivation(now);
    }
    panic = running > 1 ? new Panic(true, now, running) : Panic.NONE;
    if (policy.metric() == Metric.BACKLOG) {
      delayed(running, now); // the queues may not be open yet
    }
    cause = running >= firstScale() ? Cause.ADOPTED : cause;
    change(Math.max(running, firstScale()));
  }

  private void noteProgress(long now) {
    int enough = initialised ? Math.max(1, minimum()) : firstScale();
    if (stats.readyInstances() >= enough) {
      initialised = true;
      if (activating) {
        activating = false;
        activeSince = now;
      }
    } else if (activating && now - activatingSince >= ACTIVATION_TIMEOUT.toNanos()) {
      initialised = true; // given up: nothing but demand and min-scale holds it any more
    }
  }

  private int delayed(int wanted, long now) {
    long ticks = ticksOf(Decision.holds(policy));
    if (!policy.reachable() || ticks == 0) {
      delay = null;
      return wanted;
    }
    DelayWindow window = delay == null ? new DelayWindow() : delay;
    delay = window;
    int largest = window.record(Math.floorDiv(now, TICK.toNanos()), wanted, ticks);
    if (largest > wanted) {
      cause = Cause.DELAY;
    }
    return largest;
  }

  private int bounded(int wanted) {
    int least = initialised ? minimum() : firstScale();
    if (wanted < least) {
      cause = initialised ? Cause.MIN_SCALE : Cause.INITIAL_SCALE;
      return least;
    }
    int count = atMost(policy, wanted);
    if (count < wanted) {
      cause = Cause.MAX_SCALE;
    }
    return count;
  }

  /// What becomes of a count of zero.
  private int aboutZero(boolean busy, long now) {
    if (!policy.scaleToZero()) {
      return keep(Cause.NO_SCALE_TO_ZERO, 1);
    }
    if (busy) {
      return desired <= 0 ? keep(Cause.DEMAND, leavingZero()) : keep(Cause.BUSY, 1);
    }
    if (desired <= 0) {
      return 0;
    }
    if (resting) {
      return keep(Cause.REST, 0);
    }
    if (activating) {
      return now - activatingSince < ACTIVATION_TIMEOUT.toNanos()
          ? keep(Cause.ACTIVATING, desired)
          : keep(Cause.GIVEN_UP, 0);
    }
    if (now - activeSince < policy.stableWindow().toNanos()) {
      return keep(Cause.WINDOW, 1);
    }
    if (!idle) {
      idle = true;
      idleSince = now;
    }
    var retention = policy.reachable() ? policy.scaleToZeroRetention() : Duration.ZERO;
    return now - idleSince < retention.toNanos() ? keep(Cause.RETENTION, 1) : keep(Cause.IDLE, 0);
  }

  private int keep(Cause why, int count) {
    cause = why;
    return count;
  }

  private void settle(int count, long now) {
    if (desired <= 0 && count > 0) {
      beginActivation(now);
    } else if (count == 0) {
      activating = false;
      idle = false;
      resting = false;
    }
    change(count);
  }

  private void beginActivation(long now) {
    activating = true;
    activatingSince = now;
    idle = false;
  }

  private boolean isBusy() {
    return stats.waiting() + stats.inFlight() > 0 || queued() > 0;
  }

  private boolean takeDemand() {
    return demanded.getAndSet(false);
  }

  private int leavingZero() {
    return atMost(policy, Math.max(Math.max(1, policy.activationScale()), minimum()));
  }

  private int minimum() {
    int least = policy.reachable() ? atMost(policy, policy.minScale()) : 0;
    return policy.metric() == Metric.USE ? Math.max(1, least) : least;
  }

  private int firstScale() {
    return atMost(policy, Math.max(policy.initialScale(), minimum()));
  }

  private static int atMost(ScalingPolicy policy, int count) {
    return policy.maxScale() == 0 ? count : Math.min(count, policy.maxScale());
  }

  private static long ticksOf(Duration duration) {
    return Math.ceilDiv(duration.toMillis(), TICK.toMillis());
  }
}
