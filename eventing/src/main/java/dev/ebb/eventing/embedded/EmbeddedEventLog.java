package dev.ebb.eventing.embedded;

import dev.ebb.eventing.log.Damage;
import dev.ebb.eventing.log.EventLog;
import dev.ebb.eventing.log.EventLogException;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.LogStatus;
import dev.ebb.eventing.log.NoSuchStreamException;
import dev.ebb.eventing.log.StreamSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// The event log in a directory of this machine; the package says how.
///
/// As long as nothing is written there is no thread, and in a new directory no file but a lock.
/// Then there are two: one that writes, one that cleans.
public final class EmbeddedEventLog implements EventLog {
  private static final int MAX_NAME = 255;

  /// One write and one sync for so many bytes at most: what is written while the next batch
  /// gathers.
  private static final int BATCH_BYTES = 4 << 20;

  private final EmbeddedLogSettings settings;
  private final RandomGenerator random;
  private final OpenFiles files;
  private final LogState state = new LogState();
  private final Damages damages = new Damages();
  private final EventReader reader;
  private final Reserve reserve;
  private final OpQueue queue;
  private final Journal journal;
  private final Cleaner cleaner;
  private final LogThreads threads;
  private final LongAdder appends = new LongAdder();

  /// Held while streams and cursors are made and deleted, so that two do not make the same.
  private final ReentrantLock definitions = new ReentrantLock();

  private volatile boolean closed;

  /// @param directory of the log alone; made when it is missing, its parent must be there
  /// @throws EventLogException when it cannot be read, or is in use
  public static EmbeddedEventLog open(Path directory, EmbeddedLogSettings settings) {
    DiskFiles files;
    try {
      files = new DiskFiles(directory);
    } catch (IOException e) {
      throw new EventLogException("cannot open the event log in " + directory + ": " + e, e);
    }
    try {
      return new EmbeddedEventLog(files, settings, new SecureRandom(), true);
    } catch (EventLogException e) {
      files.close();
      throw e;
    }
  }

  /// Over other files, such as a double. Closes them when it is closed, not when this throws.
  ///
  /// @param random makes names and salts
  /// @param threaded false: nothing is written but by [#work], and nothing cleaned but by [#clean]
  public EmbeddedEventLog(
      LogFiles files, EmbeddedLogSettings settings, RandomGenerator random, boolean threaded) {
    this.settings = settings;
    this.random = random;
    this.files = new OpenFiles(files);
    reserve = new Reserve(files, settings.segmentBytes());
    reader = new EventReader(this.files, damages);
    queue = new OpQueue(settings.waitingBytes(), Math.min(BATCH_BYTES, settings.segmentBytes()));
    Recovery.Recovered recovered;
    try {
      recovered = new Recovery(this.files, state, damages).run();
    } catch (IOException e) {
      this.files.close();
      throw new EventLogException(
          "cannot read the event log in " + files.directory() + ": " + e, e);
    }
    cleaner = new Cleaner(this, recovered.segments());
    journal =
        new Journal(
            this.files,
            reserve,
            state,
            settings,
            random,
            recovered.segments().isEmpty() ? null : recovered.segments().getLast(),
            recovered.number(),
            cleaner::begun);
    threads = new LogThreads(threaded, queue, journal, cleaner);
  }

  EmbeddedLogSettings settings() {
    return settings;
  }

  InstantSource clock() {
    return settings.clock();
  }

  OpenFiles files() {
    return files;
  }

  LogState state() {
    return state;
  }

  Damages damaged() {
    return damages;
  }

  Reserve reserve() {
    return reserve;
  }

  Cleaner cleaner() {
    return cleaner;
  }

  EventReader reader() {
    return reader;
  }

  RandomGenerator random() {
    return random;
  }

  LongAdder appends() {
    return appends;
  }

  /// For the file of a payload. Random, for a number that was used must not come again after a
  /// restart.
  synchronized long newId() {
    return random.nextLong();
  }

  boolean isClosed() {
    return closed;
  }

  void requireOpen() {
    if (closed) {
      throw new EventLogException("the event log is closed");
    }
  }

  void submit(Op op) {
    threads.start();
    queue.add(op);
  }

  <T> T defining(Supplier<T> action) {
    definitions.lock();
    try {
      return action.get();
    } finally {
      definitions.unlock();
    }
  }

  /// Makes an entry durable and applies it. Not for those that hold a lock of a stream.
  Entry write(Supplier<? extends Entry> entry) {
    EntryOp<Entry> op =
        new EntryOp<>(
            entry,
            made -> {
              state.apply(made);
              return made;
            },
            () -> {},
            false);
    submit(op);
    threads.workIfAlone();
    return await(op.answer());
  }

  private static Entry await(CompletableFuture<Entry> answer) {
    try {
      return answer.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof EventLogException reason) {
        throw reason;
      }
      throw e;
    }
  }

  static void requireName(String name) {
    if (name.isEmpty()
        || name.length() > MAX_NAME
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a name must have 1 to %d characters, none of them a control character: %s"
              .formatted(MAX_NAME, name));
    }
  }

  @Override
  public EventStream open(String name, StreamSettings wanted) {
    requireName(name);
    return defining(() -> {
      Optional<StreamState> present = state.find(name);
      if (present.isEmpty()) {
        write(() -> new Entry.Stream(state.newId(), name, wanted, 1, 0, 0));
      } else if (!settingsOf(present.get()).equals(wanted)) {
        write(() -> changed(present.get(), wanted));
      }
      return find(name).orElseThrow(() -> new NoSuchStreamException("stream " + name));
    });
  }

  private static StreamSettings settingsOf(StreamState stream) {
    stream.lock.lock();
    try {
      return stream.settings;
    } finally {
      stream.lock.unlock();
    }
  }

  private static Entry changed(StreamState stream, StreamSettings wanted) {
    stream.lock.lock();
    try {
      return new Entry.Stream(
          stream.id, stream.name, wanted, stream.first, stream.last, stream.lastTime);
    } finally {
      stream.lock.unlock();
    }
  }

  @Override
  public Optional<EventStream> find(String name) {
    return state.find(name).map(stream -> new EmbeddedStream(this, stream));
  }

  @Override
  public List<String> streams() {
    return state.streams().stream().map(stream -> stream.name).toList();
  }

  @Override
  public boolean delete(String name) {
    return defining(() -> {
      Optional<StreamState> present = state.find(name);
      present.ifPresent(stream -> write(() -> new Entry.StreamDeleted(stream.id)));
      return present.isPresent();
    });
  }

  @Override
  public List<Damage> damages() {
    return damages.list();
  }

  @Override
  public LogStatus status() {
    Cleaner.Usage usage = cleaner.usage();
    return new LogStatus(
        state.streams().size(),
        usage.segments(),
        usage.bytes(),
        appends.sum(),
        journal.commits(),
        queue.size(),
        journal.failures());
  }

  /// Without threads of its own: writes what waits, as one batch.
  ///
  /// @return whether there was something
  public boolean work() {
    return threads.work();
  }

  /// Applies retention, deletes and compacts what is not needed any more; without being asked it is
  /// done each time a segment is closed, and every ten seconds.
  ///
  /// @throws EventLogException when the disk failed; what was not done is done the next time
  public void clean() {
    cleaner.clean();
  }

  @Override
  public void close() {
    closed = true;
    threads.close();
    for (StreamState stream : state.streams()) {
      stream.lock.lock();
      try {
        stream.changed.signalAll();
      } finally {
        stream.lock.unlock();
      }
    }
    files.close();
    files.files.close();
  }
}
