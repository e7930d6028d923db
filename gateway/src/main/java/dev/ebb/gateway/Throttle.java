package dev.ebb.gateway;

import dev.ebb.dataplane.Demand;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.InstanceEvent.StartRefused;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.RequestLimits;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RevisionStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Admits the requests of one revision to its instances.
///
/// **The rule.** A request waits only while no instance can take it. Written as an invariant that
/// holds whenever the lock is free: *the queue is empty, or no ready instance has a free slot*.
/// Everything that could break it (a release, a new instance, a higher limit) hands slots to the
/// first waiters before it lets go of the lock, so a slot never passes an idle moment while
/// somebody waits, nobody overtakes, and an arriving request needs to look at the queue only when
/// it finds no slot.
///
/// **Why a lock.** Requests of one revision arrive on every event loop, and limits are exact
/// ("never more than N in an instance"), so some state is shared whatever the scheme. One owner
/// loop per revision would cost two hops between threads per request (some 5 µs each way when the
/// other loop sleeps); a lock that is held for tens of nanoseconds, twice per request, costs
/// nothing measurable at 100,000 requests a second and can be read in one sitting. Nothing is
/// called while it is held: grants, refusals and the demand signal are collected first and
/// delivered after. A waiter may therefore be granted a slot at the moment it gives up; `cancel`
/// tells it so, and it returns the slot.
///
/// [ReadySlots] says how an instance is chosen, [Concurrency] what the autoscaler learns.
final class Throttle {
  /// How long a lasting refusal is answered at once: more than two ticks of the autoscaler, which
  /// asks the node once in a tick at most, and so short that who mends the cause does not wait.
  private static final Duration REMEMBERED = Duration.ofSeconds(5);

  final Traffic traffic = new Traffic();
  final KeptOpen keptOpen = new KeptOpen();
  private final RevisionId revision;
  private final Demand demand;
  private final ReentrantLock lock = new ReentrantLock();

  private final Map<InstanceId, Slot> instances = new HashMap<>();
  private final ReadySlots ready = new ReadySlots();
  private final LinkedHashSet<Waiter> queue = new LinkedHashSet<>();

  /// Written under the lock.
  private volatile @Nullable RequestLimits limits;

  private @Nullable Failure lastRefusal;

  /// Why no instance can be started, until one is or the time is over.
  private @Nullable Failure lasting;

  private long lastingUntil;
  private int holders;
  private int inFlight;
  private long arrivals;
  private final Concurrency concurrency;

  Throttle(RevisionId revision, Demand demand, long nowNanos) {
    this.revision = revision;
    this.demand = demand;
    this.concurrency = new Concurrency(nowNanos);
  }

  RevisionId revision() {
    return revision;
  }

  /// What its instances speak; what all do as long as the control plane has not made it known.
  RequestLimits.Protocol protocol() {
    RequestLimits present = limits;
    return present == null ? RequestLimits.Protocol.HTTP1 : present.protocol();
  }

  /// Empty as long as the control plane has not made the revision known.
  Optional<RequestLimits> limits() {
    return Optional.ofNullable(limits);
  }

  /// Takes a slot or a place in the queue for the waiter, or refuses it.
  void acquire(Waiter waiter, long nowNanos) {
    Slot slot = null;
    Failure failure = null;
    boolean wanted = false;
    lock.lock();
    try {
      RequestLimits admission = limits;
      arrivals++;
      if (admission == null) {
        failure = Failure.revisionUnknown(revision);
      } else if ((slot = ready.choose(admission.containerConcurrency())) != null) {
        integrate(nowNanos);
        take(slot);
      } else if (lasting != null && nowNanos - lastingUntil < 0) {
        failure = lasting;
      } else if (queue.size() >= admission.queueCapacity()) {
        failure = Failure.queueFull(revision, admission.queueCapacity());
      } else {
        integrate(nowNanos);
        queue.add(waiter);
        wanted = ready.isEmpty();
      }
    } finally {
      lock.unlock();
    }
    if (slot != null) {
      waiter.granted(slot);
    } else if (failure != null) {
      waiter.refused(failure);
    } else if (wanted) {
      demand.raise(revision);
    }
  }

  /// Leaves the queue. False when the waiter is not in it: then it has been granted a slot or
  /// refused, or is about to be.
  boolean cancel(Waiter waiter, long nowNanos) {
    lock.lock();
    try {
      integrate(nowNanos);
      return queue.remove(waiter);
    } finally {
      lock.unlock();
    }
  }

  /// Gives a slot back; the first waiter gets it.
  void release(Slot slot, long nowNanos) {
    Waiter successor = null;
    boolean quiet;
    boolean drained;
    lock.lock();
    try {
      integrate(nowNanos);
      slot.inFlight--;
      inFlight--;
      RequestLimits admission = limits;
      if (admission != null
          && !queue.isEmpty()
          && slot.ready()
          && slot.hasRoom(admission.containerConcurrency())) {
        successor = queue.removeFirst();
        take(slot);
      }
      quiet = slot.isQuiet();
      drained = slot.isDrained();
    } finally {
      lock.unlock();
    }
    if (successor != null) {
      successor.granted(slot);
    }
    slot.tell(quiet, drained);
  }

  /// One in flight there became another protocol's, or is about to be given back.
  ///
  /// @param more 1 or -1
  void upgraded(Slot slot, int more) {
    boolean quiet;
    lock.lock();
    try {
      slot.upgraded += more;
      quiet = slot.isQuiet();
    } finally {
      lock.unlock();
    }
    slot.tell(quiet, false);
  }

  /// The instance refused a connection: nothing new goes there until [#resume]. Its exit may not
  /// have been noticed yet, and without this every retry would find it again.
  void suspend(Slot slot) {
    boolean wanted;
    lock.lock();
    try {
      slot.suspended = true;
      ready.remove(slot);
      wanted = ready.isEmpty();
    } finally {
      lock.unlock();
    }
    if (wanted) {
      demand.raise(revision);
    }
  }

  void resume(Slot slot, long nowNanos) {
    List<Grant> grants;
    lock.lock();
    try {
      slot.suspended = false;
      if (slot.ready() && instances.get(slot.instance) == slot) {
        ready.add(slot);
      }
      grants = dispatch(nowNanos);
    } finally {
      lock.unlock();
    }
    Grant.deliver(grants);
  }

  /// What the last temporary refusal of the node said, for a request that waited in vain.
  Optional<Failure> lastRefusal() {
    lock.lock();
    try {
      return Optional.ofNullable(lastRefusal);
    } finally {
      lock.unlock();
    }
  }

  void limits(RequestLimits changed, long nowNanos) {
    List<Grant> grants;
    lock.lock();
    try {
      limits = changed;
      grants = dispatch(nowNanos);
    } finally {
      lock.unlock();
    }
    Grant.deliver(grants);
  }

  /// Forgets the limits; requests at instances finish as they began.
  void forget(long nowNanos) {
    List<Waiter> refused;
    lock.lock();
    try {
      limits = null;
      refused = emptyQueue(nowNanos);
    } finally {
      lock.unlock();
    }
    refuse(refused, Failure.revisionUnknown(revision));
  }

  void hold() {
    lock.lock();
    try {
      holders++;
    } finally {
      lock.unlock();
    }
  }

  /// True when nobody else holds it, and neither the control plane nor the node knows anything of
  /// the revision: then it can be thrown away.
  boolean letGo() {
    lock.lock();
    try {
      holders--;
      return holders == 0 && limits == null && instances.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  void starting(InstanceId id) {
    lock.lock();
    try {
      instances.computeIfAbsent(id, key -> new Slot(this, key));
      lasting = null;
    } finally {
      lock.unlock();
    }
  }

  void ready(Instance instance, long nowNanos) {
    List<Grant> grants = List.of();
    lock.lock();
    try {
      Slot slot = instances.computeIfAbsent(instance.id(), key -> new Slot(this, key));
      boolean again = slot.unready && !slot.draining;
      if ((slot.starting() || again) && instance.address().isPresent()) {
        slot.address = instance.address().get();
        slot.unready = false;
        slot.http2 = Slot.Http2.UNKNOWN;
        if (slot.ready()) {
          ready.add(slot);
        }
        lastRefusal = null;
        lasting = null;
        grants = dispatch(nowNanos);
      }
    } finally {
      lock.unlock();
    }
    Grant.deliver(grants);
  }

  /// It was ready, and is not for now: requests wait for it or go elsewhere until [#ready].
  void unready(InstanceId id) {
    lock.lock();
    try {
      Slot slot = instances.computeIfAbsent(id, key -> new Slot(this, key));
      slot.unready = slot.address != null;
      ready.remove(slot);
    } finally {
      lock.unlock();
    }
  }

  /// No new requests; the stage completes when nothing is in flight at the instance.
  CompletionStage<Void> drain(InstanceId id) {
    Slot slot;
    boolean quiet;
    boolean drained;
    lock.lock();
    try {
      slot = instances.get(id);
      if (slot == null) {
        return CompletableFuture.completedFuture(null);
      }
      slot.draining = true;
      ready.remove(slot);
      quiet = slot.isQuiet();
      drained = slot.isDrained();
    } finally {
      lock.unlock();
    }
    slot.tell(quiet, drained);
    return slot.drained.minimalCompletionStage();
  }

  /// See [dev.ebb.dataplane.InstanceTraffic#quiet].
  CompletionStage<Void> quiet(InstanceId id) {
    lock.lock();
    try {
      Slot slot = instances.get(id);
      return slot == null
          ? CompletableFuture.completedFuture(null)
          : slot.quiet.minimalCompletionStage();
    } finally {
      lock.unlock();
    }
  }

  /// Returns the slot, whose connections can be closed now.
  Optional<Slot> exited(Instance instance, long nowNanos) {
    Slot slot;
    Failure failure = null;
    List<Waiter> refused = List.of();
    boolean wanted;
    lock.lock();
    try {
      slot = instances.remove(instance.id());
      if (slot != null) {
        slot.gone = true;
        ready.remove(slot);
      }
      boolean neverReady = slot == null || slot.address == null;
      boolean nothingLeft = instances.values().stream().noneMatch(Slot::hopeful);
      if (neverReady && instance.wanted() && nothingLeft) {
        failure = Failure.startFailed(instance);
        refused = emptyQueue(nowNanos);
        if (Failure.isUserError(instance)) {
          remember(failure, nowNanos);
        }
      }
      wanted = nothingLeft && !queue.isEmpty();
    } finally {
      lock.unlock();
    }
    if (failure != null) {
      refuse(refused, failure);
    }
    if (wanted) {
      demand.raise(revision);
    }
    return Optional.ofNullable(slot);
  }

  void startRefused(StartRefused refusal, long nowNanos) {
    List<Waiter> refused = List.of();
    Failure failure = Failure.startFailed(refusal.reason() + ": " + refusal.message());
    lock.lock();
    try {
      boolean nothingLeft = instances.values().stream().noneMatch(Slot::hopeful);
      if (refusal.permanent() && nothingLeft) {
        refused = emptyQueue(nowNanos);
        remember(failure, nowNanos);
      } else {
        lastRefusal = Failure.overloaded(refusal.reason() + ": " + refusal.message());
      }
    } finally {
      lock.unlock();
    }
    refuse(refused, failure);
  }

  int inFlight(InstanceId id) {
    lock.lock();
    try {
      Slot slot = instances.get(id);
      return slot == null ? 0 : slot.inFlight;
    } finally {
      lock.unlock();
    }
  }

  /// Reads the statistics and begins a new period.
  RevisionStats collect(long nowNanos) {
    lock.lock();
    try {
      double average = concurrency.collect(queue.size() + inFlight, nowNanos);
      RevisionStats stats =
          new RevisionStats(average, arrivals, queue.size(), inFlight, ready.size());
      arrivals = 0;
      return stats;
    } finally {
      lock.unlock();
    }
  }

  /// The state as of now, for metrics: a look that begins no new period.
  RevisionStats peek() {
    lock.lock();
    try {
      return new RevisionStats(0, 0, queue.size(), inFlight, ready.size());
    } finally {
      lock.unlock();
    }
  }

  private void remember(Failure failure, long nowNanos) {
    lasting = failure;
    lastingUntil = nowNanos + REMEMBERED.toNanos();
  }

  private static void refuse(List<Waiter> waiters, Failure failure) {
    waiters.forEach(waiter -> waiter.refused(failure));
  }

  private List<Waiter> emptyQueue(long nowNanos) {
    integrate(nowNanos);
    List<Waiter> waiters = List.copyOf(queue);
    queue.clear();
    return waiters;
  }

  private List<Grant> dispatch(long nowNanos) {
    RequestLimits admission = limits;
    if (queue.isEmpty() || admission == null) {
      return List.of();
    }
    integrate(nowNanos);
    List<Grant> grants = new ArrayList<>();
    Slot slot;
    while (!queue.isEmpty() && (slot = ready.choose(admission.containerConcurrency())) != null) {
      take(slot);
      grants.add(new Grant(queue.removeFirst(), slot));
    }
    return grants;
  }

  private void take(Slot slot) {
    slot.inFlight++;
    inFlight++;
  }

  private void integrate(long nowNanos) {
    concurrency.advance(queue.size() + inFlight, nowNanos);
  }
}
