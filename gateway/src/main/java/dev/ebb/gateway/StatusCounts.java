package dev.ebb.gateway;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/// How many requests ended with which status. Programs give few different ones, so looking through
/// those that there were is quicker, and far smaller, than a counter for each. Thread-safe.
final class StatusCounts {
  private record Count(int status, LongAdder requests) {}

  private volatile Count[] counts = {};

  /// @param status 0 when the client left before there was one
  void increment(int status) {
    for (Count count : counts) {
      if (count.status == status) {
        count.requests.increment();
        return;
      }
    }
    add(status).increment();
  }

  private synchronized LongAdder add(int status) {
    for (Count count : counts) {
      if (count.status == status) { // of another thread, since
        return count.requests;
      }
    }
    Count[] more = Arrays.copyOf(counts, counts.length + 1);
    LongAdder requests = new LongAdder();
    more[more.length - 1] = new Count(status, requests);
    counts = more;
    return requests;
  }

  Map<Integer, Long> read() {
    Map<Integer, Long> read = new TreeMap<>();
    for (Count count : counts) {
      read.put(count.status, count.requests.sum());
    }
    return read;
  }
}
