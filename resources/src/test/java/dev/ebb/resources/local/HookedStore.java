package dev.ebb.resources.local;

import dev.ebb.store.Durability;
import dev.ebb.store.Entry;
import dev.ebb.store.MemoryStore;
import dev.ebb.store.Page;
import dev.ebb.store.Store;
import dev.ebb.store.Watch;
import java.util.Optional;
import java.util.function.Consumer;

/// A store in memory that tells the test of each write before it is done; the test may throw.
final class HookedStore implements Store {
  private final MemoryStore delegate = new MemoryStore();
  private final Consumer<Durability> beforeWrite;

  HookedStore(Consumer<Durability> beforeWrite) {
    this.beforeWrite = beforeWrite;
  }

  @Override
  public long revision() {
    return delegate.revision();
  }

  @Override
  public Optional<Entry> get(String key) {
    return delegate.get(key);
  }

  @Override
  public Page list(String prefix, String startAfter, int limit, long atRevision) {
    return delegate.list(prefix, startAfter, limit, atRevision);
  }

  @Override
  public Entry create(String key, byte[] value, Durability durability) {
    beforeWrite.accept(durability);
    return delegate.create(key, value, durability);
  }

  @Override
  public Entry update(String key, byte[] value, long expectedRevision, Durability durability) {
    beforeWrite.accept(durability);
    return delegate.update(key, value, expectedRevision, durability);
  }

  @Override
  public long delete(String key, long expectedRevision, Durability durability) {
    beforeWrite.accept(durability);
    return delegate.delete(key, expectedRevision, durability);
  }

  @Override
  public Watch watch(String prefix, long afterRevision) {
    return delegate.watch(prefix, afterRevision);
  }

  @Override
  public void compact(long revision) {
    delegate.compact(revision);
  }

  @Override
  public void close() {
    delegate.close();
  }
}
