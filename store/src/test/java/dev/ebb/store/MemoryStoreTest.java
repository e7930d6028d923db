package dev.ebb.store;

class MemoryStoreTest extends StoreContract {
  @Override
  Store open(HistoryLimits limits) {
    return new MemoryStore(limits);
  }
}
