package dev.ebb.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The instances that can be given requests, and the choice among them, which follows the activator
/// of Knative Serving (`pkg/activator/net/throttler.go`, `lb_policy.go`): without a limit, the less
/// busy of two random ones (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing",
/// 2001); with a limit of at most 3, the first that has room, which packs the load so that idle
/// instances can go; above, round robin. Guarded by the throttle's lock.
final class ReadySlots {
  private static final int FIRST_AVAILABLE_LIMIT = 3;

  private final List<Slot> slots = new ArrayList<>();
  private int next;

  boolean isEmpty() {
    return slots.isEmpty();
  }

  int size() {
    return slots.size();
  }

  void add(Slot slot) {
    if (!slots.contains(slot)) {
      slots.add(slot);
    }
  }

  void remove(Slot slot) {
    slots.remove(slot);
  }

  /// One that has room, or null.
  ///
  /// @param limit of each instance; 0 for none
  @Nullable Slot choose(int limit) {
    int count = slots.size();
    if (count == 0) {
      return null;
    }
    if (limit == 0) {
      return lessBusyOfTwo(count);
    }
    int first = limit <= FIRST_AVAILABLE_LIMIT ? 0 : next % count;
    for (int i = 0; i < count; i++) {
      int index = first + i < count ? first + i : first + i - count;
      Slot slot = slots.get(index);
      if (slot.hasRoom(limit)) {
        next = index + 1;
        return slot;
      }
    }
    return null;
  }

  private Slot lessBusyOfTwo(int count) {
    if (count == 1) {
      return slots.getFirst();
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int first = random.nextInt(count);
    int second = random.nextInt(count - 1);
    Slot one = slots.get(first);
    Slot other = slots.get(second < first ? second : second + 1);
    return one.inFlight <= other.inFlight ? one : other;
  }
}
