package dev.ebb.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// A store in a SQLite database, held in memory as a whole.
///
/// One thread writes, with group commit: it takes all writes that are queued, checks them in order
/// against the state in memory, commits them in one transaction with one fsync, shows them to
/// readers and watches, and only then answers. The writes that arrive meanwhile are the next batch,
/// so the batches grow with the load and the fsync, 0.25 to 1 ms on common disks, is shared by all
/// who wait for it. A batch of nothing but ephemeral writes is committed without fsync; as there is
/// one order for all, it cannot reach the disk before an older write does.
///
/// A failed commit leaves memory as it was, fails all writes of its batch, and the next batch is
/// tried anew: writes go on when the disk has room again. Only when an fsync fails nothing is
/// written any more until the store is opened again, for the kernel may have dropped the very pages
/// it could not write, and would report success the next time.
public final class SqliteStore extends VersionedStore {
  /// Bounds one transaction. Who waits here is blocked anyway, so more room gives no more
  /// throughput.
  private static final int QUEUE_CAPACITY = 1024;

  private final SqliteDatabase database;
  private final WriteQueue queue = new WriteQueue(QUEUE_CAPACITY);
  private final CompletableFuture<Void> writer;

  /// Opens the database, or makes a new one; its directory exists already.
  ///
  /// @throws StoreVersionException when a newer Ebb wrote it
  /// @throws StoreException when it is damaged, or another process has it open
  public SqliteStore(Path databaseFile) {
    this(databaseFile, HistoryLimits.DEFAULT);
  }

  public SqliteStore(Path databaseFile, HistoryLimits limits) {
    this(SqliteDatabase.open(databaseFile), limits);
  }

  private SqliteStore(SqliteDatabase.Opened opened, HistoryLimits limits) {
    super(new VersionedMap(limits, opened.revision(), opened.entries()));
    this.database = opened.database();
    this.writer =
        CompletableFuture.runAsync(
            this::writeUntilClosed,
            task -> Thread.ofPlatform().name("ebb-store-writer").daemon().start(task));
  }

  @Override
  Change write(Write write) {
    return queue.add(write).join().get();
  }

  @Override
  public void close() {
    queue.close();
    writer.join();
    map.close();
  }

  private void writeUntilClosed() {
    while (true) {
      List<WriteQueue.Pending> batch = queue.take();
      if (batch.isEmpty()) {
        database.close(map.revision());
        return;
      }
      write(batch);
    }
  }

  private void write(List<WriteQueue.Pending> batch) {
    List<Supplier<Change>> answers;
    try {
      answers = commit(batch);
    } catch (StoreException e) {
      answers = Collections.nCopies(batch.size(), () -> refuse(e));
    } catch (RuntimeException | Error e) {
      database.stop(e); // memory and disk may differ now
      answers = Collections.nCopies(batch.size(), () -> refuse(e));
    }
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).answer().complete(answers.get(i));
    }
  }

  /// In the thread of the caller, so that the trace shows who wanted to write.
  private static Change refuse(Throwable cause) {
    if (cause instanceof StorageFullException full) {
      throw new StorageFullException(full);
    }
    throw new StoreException("not written: " + cause.getMessage(), cause);
  }

  private List<Supplier<Change>> commit(List<WriteQueue.Pending> batch) {
    Draft draft = map.draft();
    List<Supplier<Change>> answers = new ArrayList<>(batch.size());
    boolean synced = false;
    for (WriteQueue.Pending pending : batch) {
      try {
        Change change = draft.apply(pending.write());
        synced |= pending.write().durability() == Durability.SYNCED;
        answers.add(() -> change);
      } catch (ConflictException e) {
        answers.add(() -> {
          throw e;
        });
      }
    }
    if (!draft.steps().isEmpty()) {
      database.commit(draft.steps(), synced);
      map.publish(draft);
    }
    return answers;
  }
}
