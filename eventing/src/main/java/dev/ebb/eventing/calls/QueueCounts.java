package dev.ebb.eventing.calls;

import java.util.concurrent.atomic.LongAdder;

/// What became of the calls of a queue's functions since this process began, those of functions
/// included that were removed: a sum that fell would be taken for a new beginning. Thread-safe.
///
/// @param lanes there are now; when there are none the counts go, too
record QueueCounts(int lanes, LongAdder submitted, LongAdder processed) {
  static QueueCounts first() {
    return new QueueCounts(1, new LongAdder(), new LongAdder());
  }

  QueueCounts withLanes(int count) {
    return new QueueCounts(count, submitted, processed);
  }
}
