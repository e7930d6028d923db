package dev.ebb.eventing.calls;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricSource;
import dev.ebb.eventing.log.EventLog;
import dev.ebb.eventing.log.EventLogException;
import dev.ebb.kinds.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Durable asynchronous calls of functions over HTTP. Thread-safe.
///
/// A call that was accepted is delivered at least once: also after `kill -9` and a loss of power,
/// and again when one of them comes between a function's answer and the note of it. Calls of one
/// function in one queue begin in the order in which they were accepted, but for those that are
/// made again. Nothing is opened and no thread runs until the first call.
public final class AsyncCalls implements AutoCloseable, MetricSource {
  private static final System.Logger LOG = System.getLogger(AsyncCalls.class.getName());

  /// So long calls may go on when the server stops.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final CallsConfig config;
  private final Supplier<EventLog> opener;
  private final CallTargets targets;
  private final CallSender sender;
  private final InstantSource clock;
  private final ExecutorService executor;
  private final Runnable leftover;
  private final Acceptance acceptance;
  private final Optional<ThreadFactory> threads;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition change = lock.newCondition();
  private volatile boolean changed;
  private boolean closed;
  private @Nullable Thread thread;
  private volatile @Nullable Open open;

  /// What there is after the first call.
  private record Open(Lanes lanes, Dispatcher dispatcher, Sweeper sweeper, CallBooks books) {
    /// @return when to come again
    Instant work(InstantSource clock) {
      Instant next = dispatcher.work();
      Instant sweep = sweeper.look(clock.instant());
      return sweep.isBefore(next) ? sweep : next;
    }
  }

  /// @param opener of the log, which is closed with this; called once
  /// @param executor runs deliveries, each of which blocks; closed with this
  /// @param threads makes the one that hands calls out
  /// @param leftover returns when there is time for more calls than those that are made: accepting
  ///   comes before delivering
  public AsyncCalls(
      CallsConfig config,
      Supplier<EventLog> opener,
      CallTargets targets,
      CallSender sender,
      InstantSource clock,
      ExecutorService executor,
      ThreadFactory threads,
      Runnable leftover) {
    this(config, opener, targets, sender, clock, executor, leftover, Optional.of(threads));
  }

  /// @param threads empty: nothing is handed out but by [#work]
  AsyncCalls(
      CallsConfig config,
      Supplier<EventLog> opener,
      CallTargets targets,
      CallSender sender,
      InstantSource clock,
      ExecutorService executor,
      Runnable leftover,
      Optional<ThreadFactory> threads) {
    this.config = config;
    this.opener = opener;
    this.targets = targets;
    this.sender = sender;
    this.clock = clock;
    this.executor = executor;
    this.leftover = leftover;
    this.acceptance = new Acceptance(config, this::submitted);
    this.threads = threads;
  }

  /// Goes on with what an earlier process left.
  ///
  /// @throws EventLogException when the log cannot be opened
  public void start() {
    begin();
  }

  private Open begin() {
    Open present = open;
    if (present != null) {
      return present;
    }
    lock.lock();
    try {
      if (closed) {
        throw new CallRefusedException(CallRefusedException.Reason.BUSY, "the server stops");
      }
      present = open;
      if (present == null) {
        Lanes lanes = new Lanes(opener.get(), config);
        Dispatcher dispatcher =
            new Dispatcher(
                lanes,
                config,
                new CallDelivery(
                    targets, sender, clock, it -> callbacks(lanes, it), this::submitted),
                new CallbackDelivery(sender, clock),
                clock,
                executor,
                leftover,
                this::signal);
        lanes
            .all()
            .forEach(lane -> {
              lane.look();
              dispatcher.wake(lane);
            });
        Sweeper sweeper = new Sweeper(lanes, targets, executor, dispatcher::forget);
        present =
            new Open(lanes, dispatcher, sweeper, new CallBooks(lanes, clock, this::submitted));
        open = present;
        if (threads.isPresent()) {
          thread = threads.get().newThread(this::run);
          thread.start();
        }
      }
      return present;
    } finally {
      lock.unlock();
    }
  }

  private static Lane callbacks(Lanes lanes, Callback callback) {
    return lanes.use(
        new Streams.Name(Streams.Kind.CALLBACK, callback.queue(), callback.function()));
  }

  /// Accepts a call whose body is in memory, without waiting for the disk.
  ///
  /// @param body small, and not modified afterwards
  /// @return complete when the call is durable, on a thread that must not be kept, or exceptionally
  ///   with a [CallRefusedException]; empty when its queue must be made first, by [#accept]
  /// @throws CallRefusedException when it is not taken
  public Optional<CompletableFuture<Void>> acceptSmall(Call call, byte[] body) {
    Open present = open;
    return acceptance.small(Optional.ofNullable(present).map(Open::lanes), call, body);
  }

  /// Returns when the call is durable.
  ///
  /// @throws CallRefusedException when it is not taken
  /// @throws IOException when the body ends before it is whole
  public void accept(Call call, InputStream body) throws IOException {
    acceptance.streamed(() -> begin().lanes(), call, body);
  }

  private void submitted(Lane lane) {
    if (lane.submitted()) {
      wake(lane);
    }
  }

  /// There may be something to hand out of a lane.
  private void wake(Lane lane) {
    Open present = open;
    if (present != null && present.dispatcher().wake(lane)) {
      signal();
    }
  }

  /// What became of a wish to cancel a call.
  public enum Cancellation {
    CANCELLED,
    /// It is being made.
    TOO_LATE,
    UNKNOWN
  }

  /// Takes back calls that are not being made.
  public Cancellation cancel(String id) {
    Open present = open;
    return present == null ? Cancellation.UNKNOWN : present.books().cancel(id);
  }

  /// What is in the queues, and how much of it.
  ///
  /// @param visible which functions
  public List<CallBooks.Queue> queues(Predicate<ObjectKey> visible) {
    Open present = open;
    return present == null ? List.of() : present.books().queues(visible);
  }

  /// How many calls of functions were accepted and are not done: waiting, being made, and waiting
  /// to be made again.
  ///
  /// @param instances of each function that is asked for: as many calls may be made at once, which
  ///   otherwise is found out by those that end
  /// @return those that have any, over all queues
  public Map<ObjectKey, Long> backlogs(Map<ObjectKey, Integer> instances) {
    Open present = open;
    if (present == null || isClosed()) {
      return Map.of();
    }
    Map<ObjectKey, Long> counts = new HashMap<>();
    for (Lane lane : present.lanes().all()) {
      Integer ready = instances.get(lane.name().function());
      if (ready != null && lane.name().kind() == Streams.Kind.CALL && lane.enter()) {
        try {
          long calls = lane.cursor().backlog().events();
          if (calls > 0) {
            counts.merge(lane.name().function(), calls, Long::sum);
          }
          if (lane.instances(ready)) {
            wake(lane);
          }
        } finally {
          lane.leave();
        }
      }
    }
    return counts;
  }

  /// Calls of all states, those of each queue in the order of their acceptance, dead ones last.
  ///
  /// @param max 1 and up
  public List<CallBooks.Entry> list(Predicate<ObjectKey> visible, int max) {
    Open present = open;
    return present == null ? List.of() : present.books().list(visible, max);
  }

  /// @param bodyBytes of the beginning of its body
  public Optional<CallBooks.Detail> show(Predicate<ObjectKey> visible, String id, int bodyBytes) {
    Open present = open;
    return present == null ? Optional.empty() : present.books().show(visible, id, bodyBytes);
  }

  /// Has dead letters delivered again, as if they were new.
  ///
  /// @param id of a call; empty for all
  /// @return how many
  public int retry(Predicate<ObjectKey> visible, Optional<String> id) {
    Open present = open;
    if (present == null) {
      return 0;
    }
    return present.books().retry(visible, id);
  }

  /// Forgets calls that are not being made.
  ///
  /// @param id of a call; empty for all dead letters
  /// @return how many
  public int drop(Predicate<ObjectKey> visible, Optional<String> id) {
    Open present = open;
    return present == null ? 0 : present.books().drop(visible, id);
  }

  @Override
  public List<MetricFamily> metrics() {
    Open present = open;
    return present == null
        ? List.of()
        : CallMetrics.of(present.books(), present.lanes(), clock.instant());
  }

  /// What is in memory of functions that were called, but for the log's own.
  int size() {
    Open present = open;
    return present == null
        ? 0
        : Math.toIntExact(present.lanes().streams().count())
            + present.lanes().counts().size()
            + present.dispatcher().size();
  }

  /// For how many ids of calls there is room in memory.
  long indexed() {
    Open present = open;
    return present == null ? 0 : present.lanes().streams().mapToLong(it -> it.index().size()).sum();
  }

  // ---- The thread that hands out ----

  /// Cheap when the thread that hands out has been told already.
  private void signal() {
    if (changed) {
      return;
    }
    lock.lock();
    try {
      changed = true;
      change.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Hands out what is ready.
  ///
  /// @return when there is more, unless something happens before
  Instant work() {
    return begin().work(clock);
  }

  private void run() {
    while (true) {
      Instant next = clock.instant().plus(PATIENCE);
      Open present = open;
      if (present != null) {
        try {
          next = present.work(clock);
        } catch (EventLogException e) {
          LOG.log(Level.WARNING, "the event log fails; calls wait", e);
        } catch (RuntimeException e) {
          LOG.log(Level.ERROR, "calls cannot be handed out", e);
        }
      }
      if (!await(next)) {
        return;
      }
    }
  }

  /// @return false at the end
  private boolean await(Instant until) {
    lock.lock();
    try {
      while (!changed && !closed) {
        long millis =
            until.equals(Instant.MAX) ? Long.MAX_VALUE : until.toEpochMilli() - clock.millis();
        if (millis <= 0) {
          break;
        }
        if (!change.await(millis, TimeUnit.MILLISECONDS)) {
          break;
        }
      }
      changed = false;
      return !closed;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /// Begins no call any more, lets those that are being made end for a little while, and closes the
  /// log. What was not done is for the next process.
  @Override
  public void close() {
    Thread handing;
    lock.lock();
    try {
      closed = true;
      change.signalAll();
      handing = thread;
    } finally {
      lock.unlock();
    }
    try {
      if (handing != null) {
        handing.join(PATIENCE);
      }
      executor.shutdown();
      if (!executor.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        executor.shutdownNow();
        executor.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
    // No call is left that could open it.
    Open present = open;
    if (present != null) {
      present.lanes().log().close();
    }
  }
}
