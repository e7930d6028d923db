package dev.ebb.eventing.embedded;

import dev.ebb.eventing.log.StreamSettings;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Forgets what is too old or too much. What is forgotten is written to the log first.
final class Retention {
  private final EmbeddedEventLog log;

  Retention(EmbeddedEventLog log) {
    this.log = log;
  }

  void apply() throws IOException {
    for (StreamState stream : log.state().streams()) {
      long keep = firstToKeep(stream);
      boolean forgets;
      stream.lock.lock();
      try {
        forgets = !stream.deleted && keep > stream.first;
      } finally {
        stream.lock.unlock();
      }
      if (forgets) {
        log.write(() -> new Entry.Trimmed(stream.id, keep));
      }
    }
  }

  private long firstToKeep(StreamState stream) throws IOException {
    StreamSettings settings;
    long first;
    long last;
    List<Extent> extents;
    stream.lock.lock();
    try {
      settings = stream.settings;
      first = stream.first;
      last = stream.last;
      extents = List.copyOf(stream.extents());
    } finally {
      stream.lock.unlock();
    }
    long keep = first;
    if (settings.maxAge().isPresent()) {
      long since = log.clock().millis() - settings.maxAge().get().toMillis();
      keep = Math.max(keep, youngerThan(stream, extents, since, last));
    }
    if (!settings.refuseWhenFull()) {
      if (settings.maxEvents().isPresent()) {
        keep = Math.max(keep, last - settings.maxEvents().getAsLong() + 1);
      }
      if (settings.maxBytes().isPresent()) {
        keep = Math.max(keep, within(stream, extents, settings.maxBytes().getAsLong()));
      }
    }
    return keep;
  }

  /// The first event that was appended at a time or later. Times rise, so it is looked for by
  /// halving.
  private long youngerThan(StreamState stream, List<Extent> extents, long since, long last) {
    for (Extent extent : extents) {
      long[] bounds = bounds(stream, extent);
      if (bounds[2] < since) {
        continue;
      }
      long low = bounds[0];
      long high = bounds[1];
      while (low < high) {
        long middle = low + (high - low) / 2;
        Optional<Long> time = log.reader().time(stream, middle);
        if (time.isPresent() && time.get() < since) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
    return extents.isEmpty() ? 0 : last + 1;
  }

  /// First, last, and the time of the last; of the active one as it is now.
  private static long[] bounds(StreamState stream, Extent extent) {
    stream.lock.lock();
    try {
      return new long[] {extent.first, extent.last, extent.lastTime};
    } finally {
      stream.lock.unlock();
    }
  }

  /// The first event with which all that follow are not more than so many bytes.
  private long within(StreamState stream, List<Extent> extents, long most) throws IOException {
    long sum = 0;
    for (Extent extent : extents.reversed()) {
      long bytes;
      stream.lock.lock();
      try {
        bytes = extent.bytes;
      } finally {
        stream.lock.unlock();
      }
      if (sum + bytes <= most) {
        sum += bytes;
        continue;
      }
      Optional<Positions> positions = log.reader().load(extent);
      if (positions.isEmpty()) {
        return extent.last + 1;
      }
      return within(stream, positions.get(), most - sum);
    }
    return 0;
  }

  private static long within(StreamState stream, Positions positions, long most) {
    stream.lock.lock();
    try {
      long sum = 0;
      for (int index = positions.count() - 1; index >= 0; index--) {
        sum += positions.size(index);
        if (sum > most) {
          return positions.sequence(index) + 1;
        }
      }
      return 0;
    } finally {
      stream.lock.unlock();
    }
  }
}
