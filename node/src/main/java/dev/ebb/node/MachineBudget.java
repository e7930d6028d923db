package dev.ebb.node;

/// How many instances and how much memory are left. Not thread-safe.
final class MachineBudget {
  private final int maxInstances;
  private final long maxMemory;
  private int instances;
  private long memory;

  MachineBudget(int maxInstances, long maxMemory) {
    this.maxInstances = maxInstances;
    this.maxMemory = maxMemory;
  }

  boolean tryReserve(long bytes) {
    if (!fits(1, bytes)) {
      return false;
    }
    reserve(bytes);
    return true;
  }

  /// Whether so much more would fit.
  boolean fits(int moreInstances, long moreBytes) {
    return instances + moreInstances <= maxInstances && memory + moreBytes <= maxMemory;
  }

  /// For what runs already.
  void reserve(long bytes) {
    instances++;
    memory += bytes;
  }

  void release(long bytes) {
    instances--;
    memory -= bytes;
  }

  String describe(long bytes) {
    return ("%d of %d instances and %d of %d MiB of memory are in use, and an instance needs %d MiB;"
            + " it starts when there is room")
        .formatted(instances, maxInstances, memory >> 20, maxMemory >> 20, bytes >> 20);
  }
}
