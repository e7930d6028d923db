package dev.ebb.eventing.embedded;

import dev.ebb.eventing.log.DiskFullException;
import dev.ebb.eventing.log.EventLogException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Writes batches of operations: one write and one sync for each, then they are visible. For one
/// thread.
///
/// A batch that fails is refused as a whole and was never visible. When it was the disk that was
/// full, the active segment is cut to what it was and the next batch is tried. When a sync failed,
/// it is unknown what the file has, and asking again would not tell (fsyncgate,
/// https://wiki.postgresql.org/wiki/Fsync_Errors): nothing is written to that file any more. The
/// next batch begins a new segment, whose header says that of the old one what was synced before
/// counts; no earlier promise depends on the failed sync.
final class Journal implements AutoCloseable {
  /// Reading so much takes some milliseconds.
  private static final long LONG = 1 << 20;

  /// So much of a checkpoint is put together before it is written.
  private static final int CHECKPOINT_PIECE = 1 << 20;

  private static final System.Logger LOG = System.getLogger(Journal.class.getName());

  /// Whether a full disk has room again is tried no more often: it costs a file.
  private static final long RESERVE_RETRY_MILLIS = 1000;

  private final OpenFiles files;
  private final Reserve reserve;
  private final LogState state;
  private final EmbeddedLogSettings settings;
  private final RandomGenerator random;
  private final Consumer<Segment> begun;
  private final EntryBuffer buffer = new EntryBuffer();

  /// The one that is written, or the newest of an earlier time; empty when there is none yet.
  private @Nullable Segment newest;

  /// Of the newest; empty when nothing may be written to it.
  private @Nullable LogFile file;

  /// Why the reserve was given up; empty when it was not, or is there again.
  private @Nullable DiskFullException reserveGone;

  private long reserveRetry;
  private long number;
  private int batch;
  private long checkpointEnd;

  private final LongAdder commits = new LongAdder();
  private final LongAdder failures = new LongAdder();

  /// @param newest the newest segment that recovery found
  /// @param number no segment ever had a higher one
  /// @param begun gets each segment when it is the active one; the one before is closed then
  Journal(
      OpenFiles files,
      Reserve reserve,
      LogState state,
      EmbeddedLogSettings settings,
      RandomGenerator random,
      @Nullable Segment newest,
      long number,
      Consumer<Segment> begun) {
    this.files = files;
    this.reserve = reserve;
    this.state = state;
    this.settings = settings;
    this.random = random;
    this.newest = newest;
    this.number = number;
    this.begun = begun;
  }

  long commits() {
    return commits.sum();
  }

  long failures() {
    return failures.sum();
  }

  /// Makes them durable and tells who waits. Never throws for what the disk does.
  void commit(List<Op> ops) {
    List<Op> left = new ArrayList<>(ops);
    if (reserveGone != null) {
      left = withoutGrowth(left);
    }
    Optional<EventLogException> reason = tryCommit(left);
    if (reason.isPresent()
        && reason.get() instanceof DiskFullException full
        && giveUpReserve(full)) {
      // With what that gives, acknowledgements can be written: without them there never would be
      // room.
      left = refuseGrowth(left, full);
      reason = tryCommit(left);
    }
    if (reason.isPresent()) {
      // Undone in the opposite order, so that each finds what it left.
      EventLogException why = reason.get();
      left.reversed().forEach(op -> op.refuse(why));
    }
  }

  /// When the disk was full: tries whether there is room again, and refuses what would take it
  /// else.
  private List<Op> withoutGrowth(List<Op> ops) {
    long now = settings.clock().millis();
    if (reserveGone != null && now >= reserveRetry && ops.stream().anyMatch(Op::isGrowth)) {
      reserveRetry = now + RESERVE_RETRY_MILLIS;
      try {
        reserve.keep();
        reserveGone = null;
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "the disk is still full", e);
      }
    }
    return reserveGone == null ? ops : refuseGrowth(ops, reserveGone);
  }

  private static List<Op> refuseGrowth(List<Op> ops, EventLogException reason) {
    List<Op> left = new ArrayList<>();
    for (Op op : ops.reversed()) {
      if (op.isGrowth()) {
        op.refuse(reason);
      } else {
        left.add(op);
      }
    }
    return new ArrayList<>(left.reversed());
  }

  private boolean giveUpReserve(DiskFullException reason) {
    reserveGone = reason;
    reserveRetry = settings.clock().millis() + RESERVE_RETRY_MILLIS;
    try {
      return reserve.giveUp();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the reserve of the event log cannot be deleted", e);
      return false;
    }
  }

  /// @param ops without those that were refused one by one afterwards
  /// @return why all of them are to be refused; empty when those that were not refused are durable
  private Optional<EventLogException> tryCommit(List<Op> ops) {
    if (ops.isEmpty()) {
      return Optional.empty();
    }
    List<Op> staged = new ArrayList<>(ops.size());
    try {
      if (file == null || isFull()) {
        roll();
      }
      Segment segment = segment();
      long base = segment.length;
      stage(ops, segment, staged);
      if (staged.isEmpty()) {
        return Optional.empty();
      }
      buffer.endBatch();
      int size = buffer.size();
      write(buffer.flip(), base);
      segment.length = base + size;
      batch++;
      commits.increment();
      for (Op op : staged) {
        op.publish(segment, base);
      }
      staged.forEach(Op::complete);
      return Optional.empty();
    } catch (IOException e) {
      failures.increment();
      staged.reversed().forEach(Op::unstage);
      return Optional.of(explain(e));
    }
  }

  private void stage(List<Op> ops, Segment segment, List<Op> staged) {
    buffer.reset(segment.header.salt(), batch + 1);
    for (Iterator<Op> left = ops.iterator(); left.hasNext(); ) {
      Op op = left.next();
      try {
        op.stage(buffer);
        staged.add(op);
      } catch (EventLogException e) {
        op.refuse(e);
        left.remove();
      }
    }
  }

  private void write(ByteBuffer bytes, long base) throws IOException {
    LogFile active = file();
    try {
      active.write(bytes, base);
    } catch (IOException e) {
      cut(active, base, e);
      throw e;
    }
    try {
      active.sync();
    } catch (IOException e) {
      abandon(active);
      throw new IOException("it could not be synced: " + e, e);
    }
  }

  /// What of a batch was written must not be found behind a shorter one that is written in its
  /// place. When that fails the reason is not that the disk is full any more: then the batch would
  /// certainly not be there.
  private void cut(LogFile active, long length, IOException cause) throws IOException {
    try {
      active.truncate(length);
      active.sync();
    } catch (IOException e) {
      abandon(active);
      e.addSuppressed(cause);
      throw new IOException("what was written of it could not be cut off: " + e, e);
    }
  }

  private void abandon(LogFile active) {
    active.close();
    file = null;
  }

  private boolean isFull() {
    Segment segment = segment();
    // A checkpoint of very many cursors is large itself: at least as much must follow it.
    return segment.length - checkpointEnd > Math.max(settings.segmentBytes(), checkpointEnd)
        || segment.length > Integer.MAX_VALUE / 2;
  }

  /// Begins a new segment. It has its name when it is durable with its checkpoint.
  private void roll() throws IOException {
    Segment before = newest;
    SegmentHeader header =
        new SegmentHeader(
            ++number,
            number,
            before == null ? 0 : before.header.to(),
            before == null ? 0 : before.length,
            random.nextInt(),
            0,
            settings.clock().millis());
    String unfinished = header.fileName() + Recovery.UNFINISHED;
    LogFile started = files.files.create(unfinished);
    try {
      started.write(header.encode(), 0);
      long end = writeCheckpoint(started, header);
      started.sync();
      files.files.rename(unfinished, header.fileName());
      files.files.syncDirectory();
      checkpointEnd = end;
    } catch (IOException e) {
      started.close();
      remove(unfinished, e);
      remove(header.fileName(), e);
      throw e;
    }
    if (file != null) {
      file.close();
    }
    file = started;
    newest = new Segment(header, files, checkpointEnd);
    batch = 0;
    begun.accept(newest);
  }

  private void remove(String name, IOException cause) {
    try {
      files.files.delete(name);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private long writeCheckpoint(LogFile into, SegmentHeader header) throws IOException {
    long at = SegmentHeader.LENGTH;
    buffer.reset(header.salt(), 0);
    for (StreamState stream : state.streams()) {
      List<Entry> entries;
      stream.lock.lock();
      try {
        entries = stream.checkpoint();
      } finally {
        stream.lock.unlock();
      }
      for (Entry entry : entries) {
        EntryCodec.encode(entry, buffer);
        if (buffer.size() > CHECKPOINT_PIECE) {
          at = writePiece(into, header, at);
        }
      }
    }
    EntryCodec.encode(new Entry.CheckpointEnd(state.nextId()), buffer);
    buffer.endBatch();
    return writePiece(into, header, at);
  }

  private long writePiece(LogFile into, SegmentHeader header, long at) throws IOException {
    int size = buffer.size();
    into.write(buffer.flip(), at);
    buffer.reset(header.salt(), 0);
    return at + size;
  }

  private Segment segment() {
    if (newest == null) {
      throw new IllegalStateException("no segment was begun");
    }
    return newest;
  }

  private LogFile file() {
    if (file == null) {
      throw new IllegalStateException("no segment is open");
    }
    return file;
  }

  private EventLogException explain(IOException e) {
    String where = files.files.directory() + (newest == null ? "" : "/" + newest.fileName());
    return e instanceof NoSpaceException
        ? new DiskFullException(where, e)
        : new EventLogException("cannot write " + where + ": " + e, e);
  }

  /// Begins a new segment when the active one is long, so that opening the log again reads little.
  void closeInOrder() {
    if (file == null || segment().length - checkpointEnd < LONG) {
      return;
    }
    try {
      roll();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the active segment stays the last", e);
    }
  }

  @Override
  public void close() {
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
