package dev.ebb.autoscaler;

import static dev.ebb.dataplane.Instance.Phase.READY;
import static dev.ebb.dataplane.Instance.Phase.STARTING;

import dev.ebb.dataplane.BacklogSource;
import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricSource;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RevisionStats;
import dev.ebb.dataplane.Scaler;
import dev.ebb.dataplane.ScalingDecision;
import dev.ebb.dataplane.ScalingPolicy;
import dev.ebb.dataplane.StatsSource;
import dev.ebb.dataplane.Subscription;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Scales revisions by their load, and from zero at once when a request waits.
///
/// [#start] begins a thread that reads the gateway's statistics every second and decides every two.
/// [#raise] only leaves a mark and, once a tick at most, hands what is to be done to another
/// thread, so an event loop may call it for each request. All other methods may be called from any
/// thread; [Instances] is called with no lock but the revision's own. Close it before the gateway
/// and the node.
public final class Autoscaler implements Scaler, MetricSource, AutoCloseable {
  private static final Logger LOGGER = System.getLogger(Autoscaler.class.getName());

  private static final Duration COLLECT_INTERVAL = Duration.ofSeconds(1);

  /// A tick takes milliseconds; one that hangs must not hold up the server's end.
  private static final long CLOSE_MILLIS = 5000;

  private final Instances instances;
  private final StatsSource stats;
  private final BacklogSource backlogs;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final Executor activations;
  private final Map<RevisionId, RevisionScaler> scalers = new ConcurrentHashMap<>();
  private final Set<RevisionId> byBacklog = ConcurrentHashMap.newKeySet();
  private final List<Consumer<RevisionId>> listeners = new CopyOnWriteArrayList<>();
  private final LongAdder scaledUp = new LongAdder();
  private final LongAdder scaledDown = new LongAdder();
  private final LongAdder scaledFromZero = new LongAdder();
  private final LongAdder scaledToZero = new LongAdder();
  private final Thread thread =
      Thread.ofPlatform().daemon().name("autoscaler").unstarted(this::run);
  private volatile boolean closed;
  private long collectedAt;
  private boolean backlogsFail;

  public Autoscaler(Instances instances, StatsSource stats, BacklogSource backlogs) {
    this(instances, stats, backlogs, System::nanoTime, InstantSource.system(), activationThread());
  }

  /// A thread of the operating system, which a request that waits need not share with the virtual
  /// threads of the control plane. It ends when nothing is asked for.
  private static Executor activationThread() {
    var thread =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("activation").factory());
    thread.allowCoreThreadTimeOut(true);
    return thread;
  }

  /// @param nanoTime a monotonic clock
  /// @param activations runs what [#raise] causes; must not run it on the caller's thread when that
  ///   is an event loop
  public Autoscaler(
      Instances instances,
      StatsSource stats,
      BacklogSource backlogs,
      LongSupplier nanoTime,
      InstantSource clock,
      Executor activations) {
    this.instances = instances;
    this.stats = stats;
    this.backlogs = backlogs;
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.activations = activations;
    this.collectedAt = nanoTime.getAsLong();
  }

  public void start() {
    thread.start();
  }

  /// Whether decisions are made: between `start` and `close`.
  public boolean isRunning() {
    return thread.isAlive() && !closed;
  }

  @Override
  public void register(RevisionId revision, ScalingPolicy policy) {
    if (policy.metric() == ScalingPolicy.Metric.BACKLOG) {
      byBacklog.add(revision);
    } else {
      byBacklog.remove(revision);
    }
    var known = scalers.get(revision);
    if (known == null) {
      var created =
          new RevisionScaler(policy, running(revision), nanoTime.getAsLong(), clock.instant());
      known = scalers.putIfAbsent(revision, created);
      if (known == null) {
        synchronized (created) {
          apply(revision, created);
        }
        return;
      }
    }
    synchronized (known) {
      known.policy(policy);
    }
  }

  @Override
  public void remove(RevisionId revision) {
    byBacklog.remove(revision);
    var scaler = scalers.remove(revision);
    if (scaler != null) {
      synchronized (scaler) {
        scaler.remove();
      }
    }
  }

  @Override
  public void raise(RevisionId revision) {
    var scaler = scalers.get(revision);
    if (scaler == null) {
      return;
    }
    // The mark goes first: a decision for zero looks for it after it is made, so either that sees
    // the mark or this sees the zero.
    if (scaler.demand()) {
      activations.execute(() -> activate(revision, scaler));
    }
  }

  @Override
  public void prescribe(RevisionId revision, int count, String why) {
    var scaler = scalers.get(revision);
    if (scaler != null) {
      synchronized (scaler) {
        scaler.prescribe(count, why, nanoTime.getAsLong(), clock.instant());
        apply(revision, scaler);
      }
    }
  }

  @Override
  public void rest(RevisionId revision) {
    var scaler = scalers.get(revision);
    if (scaler != null) {
      synchronized (scaler) {
        scaler.rest();
      }
    }
  }

  @Override
  public Optional<ScalingDecision> lastDecision(RevisionId revision) {
    var scaler = scalers.get(revision);
    if (scaler == null) {
      return Optional.empty();
    }
    synchronized (scaler) {
      return Optional.of(scaler.decision());
    }
  }

  @Override
  public List<ScalingDecision> lastChanges(RevisionId revision) {
    var scaler = scalers.get(revision);
    if (scaler == null) {
      return List.of();
    }
    synchronized (scaler) {
      return scaler.changes();
    }
  }

  @Override
  public Subscription subscribe(Consumer<RevisionId> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public List<MetricFamily> metrics() {
    return AutoscalerMetrics.of(
        scalers,
        Map.of(
            "up", scaledUp.sum(),
            "down", scaledDown.sum(),
            "from-zero", scaledFromZero.sum(),
            "to-zero", scaledToZero.sum()));
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Reads what the gateway saw since the last call, and how long the queues are.
  void collect() {
    long now = nanoTime.getAsLong();
    long from = collectedAt;
    if (now <= from) {
      return;
    }
    collectedAt = now;
    for (Map.Entry<RevisionId, RevisionStats> entry : stats.collect().entrySet()) {
      var scaler = scalers.get(entry.getKey());
      if (scaler != null) {
        synchronized (scaler) {
          scaler.observe(from, now, entry.getValue());
        }
      }
    }
    if (!byBacklog.isEmpty()) {
      collectBacklogs();
    }
  }

  /// While the queues cannot be read the last reading counts, and other revisions go on.
  private void collectBacklogs() {
    Map<RevisionId, Integer> ready = new HashMap<>();
    for (RevisionId revision : byBacklog) {
      var scaler = scalers.get(revision);
      if (scaler != null) {
        synchronized (scaler) {
          ready.put(revision, scaler.ready());
        }
      }
    }
    Map<RevisionId, Long> seen;
    try {
      seen = backlogs.collect(ready);
    } catch (RuntimeException e) {
      if (!backlogsFail) {
        LOGGER.log(Level.WARNING, "backlogs of asynchronous calls cannot be read", e);
      }
      backlogsFail = true;
      return;
    }
    backlogsFail = false;
    for (RevisionId revision : ready.keySet()) {
      var scaler = scalers.get(revision);
      if (scaler != null) {
        synchronized (scaler) {
          scaler.backlog(seen.getOrDefault(revision, 0L));
        }
      }
    }
  }

  /// Decides about every revision, and tells the node what changed.
  void decide() {
    long now = nanoTime.getAsLong();
    var at = clock.instant();
    scalers.forEach((revision, scaler) -> {
      synchronized (scaler) {
        scaler.decide(now, at);
        apply(revision, scaler);
      }
    });
  }

  private int running(RevisionId revision) {
    return (int)
        instances.list().stream()
            .filter(instance -> instance.revision().equals(revision))
            .filter(instance -> instance.phase() == STARTING || instance.phase() == READY)
            .count();
  }

  private void run() {
    long next = nanoTime.getAsLong();
    for (long second = 1; !closed; second++) {
      next += COLLECT_INTERVAL.toNanos();
      sleepUntil(next);
      try {
        collect();
        if (second % (RevisionScaler.TICK.toNanos() / COLLECT_INTERVAL.toNanos()) == 0) {
          decide();
        }
      } catch (RuntimeException e) {
        LOGGER.log(Level.ERROR, "a tick of the autoscaler failed; the next one tries again", e);
      }
    }
  }

  private void sleepUntil(long time) {
    for (long left = time - nanoTime.getAsLong();
        left > 0 && !closed;
        left = time - nanoTime.getAsLong()) {
      LockSupport.parkNanos(left);
    }
  }

  private void activate(RevisionId revision, RevisionScaler scaler) {
    synchronized (scaler) {
      if (scaler.desired() > 0) {
        askAgain(revision, scaler);
      } else {
        scaler.activate(nanoTime.getAsLong(), clock.instant());
        apply(revision, scaler);
      }
    }
  }

  /// A request waits although instances were asked for: the node may have given up for a while, and
  /// must tell whoever waits now, or try again. Once a tick at most, as the mark is.
  private void askAgain(RevisionId revision, RevisionScaler scaler) {
    if (scaler.desired() == scaler.applied() && !scaler.isRemoved()) {
      instances.scale(revision, scaler.desired());
    }
  }

  private void apply(RevisionId revision, RevisionScaler scaler) {
    int desired = scaler.desired();
    int before = scaler.applied();
    if (desired == before
        || scaler.isRemoved()
        || (desired == 0 && before == RevisionScaler.UNKNOWN)) {
      return;
    }
    try {
      instances.scale(revision, desired);
    } catch (RuntimeException e) {
      LOGGER.log(Level.ERROR, () -> "cannot scale " + revision + " to " + desired, e);
      return; // the next tick tries again
    }
    scaler.applied(desired);
    listeners.forEach(listener -> listener.accept(revision));
    count(before, desired);
    LOGGER.log(
        Level.DEBUG,
        () -> "scaled " + revision + " to " + desired + ": " + scaler.decision().explanation());
  }

  private void count(int before, int after) {
    if (after == 0) {
      scaledToZero.increment();
    } else if (before <= 0) {
      scaledFromZero.increment();
    } else if (after > before) {
      scaledUp.increment();
    } else {
      scaledDown.increment();
    }
  }
}
