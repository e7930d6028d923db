package dev.ebb.store;

import java.util.Optional;

/// What the drivers share: reads and watches from memory. A driver says what a write takes.
abstract sealed class VersionedStore implements Store permits MemoryStore, SqliteStore {
  final VersionedMap map;

  VersionedStore(VersionedMap map) {
    this.map = map;
  }

  /// Returns when the change is durable as asked for, and visible.
  abstract Change write(Write write);

  @Override
  public final long revision() {
    return map.revision();
  }

  @Override
  public final Optional<Entry> get(String key) {
    return map.get(key);
  }

  @Override
  public final Page list(String prefix, String startAfter, int limit, long atRevision) {
    return map.list(prefix, startAfter, limit, atRevision);
  }

  @Override
  public final Entry create(String key, byte[] value, Durability durability) {
    return put(new Write.Create(key, value, durability));
  }

  @Override
  public final Entry update(
      String key, byte[] value, long expectedRevision, Durability durability) {
    return put(new Write.Update(key, value, expectedRevision, durability));
  }

  @Override
  public final long delete(String key, long expectedRevision, Durability durability) {
    return write(new Write.Delete(key, expectedRevision, durability)).revision();
  }

  @Override
  public final Watch watch(String prefix, long afterRevision) {
    return map.watch(prefix, afterRevision);
  }

  @Override
  public final void compact(long revision) {
    map.compact(revision);
  }

  private Entry put(Write write) {
    return ((Change.Put) write(write)).entry();
  }
}
