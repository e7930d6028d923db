package dev.ebb.store;

/// A store that ends with the process; for tests and throw-away runs. Every durability is the same.
public final class MemoryStore extends VersionedStore {
  public MemoryStore() {
    this(HistoryLimits.DEFAULT);
  }

  public MemoryStore(HistoryLimits limits) {
    super(new VersionedMap(limits, 0, EntryTree.EMPTY));
  }

  @Override
  synchronized Change write(Write write) {
    Draft draft = map.draft();
    Change change = draft.apply(write);
    map.publish(draft);
    return change;
  }

  @Override
  public synchronized void close() {
    map.close();
  }
}
