package dev.ebb.resources.local;

import dev.ebb.store.Durability;
import dev.ebb.store.Entry;
import dev.ebb.store.MemoryStore;
import dev.ebb.store.Page;
import dev.ebb.store.Store;
import dev.ebb.store.StoreException;
import dev.ebb.store.Watch;
import java.util.Optional;

/// A store in memory whose writes fail when the test says so.
final class FailingStore implements Store {
  private final MemoryStore delegate = new MemoryStore();
  Optional<StoreException> failure = Optional.empty();

  private void failIfTold() {
    if (failure.isPresent()) {
      throw failure.get();
    }
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
    failIfTold();
    return delegate.create(key, value, durability);
  }

  @Override
  public Entry update(String key, byte[] value, long expectedRevision, Durability durability) {
    failIfTold();
    return delegate.update(key, value, expectedRevision, durability);
  }

  @Override
  public long delete(String key, long expectedRevision, Durability durability) {
    failIfTold();
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
