package dev.ebb.eventing.calls;

import dev.ebb.eventing.log.DamagedEventException;
import dev.ebb.eventing.log.EventCursor;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.PendingEvent;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which events of a stream may have an id: four bytes for each that waits, in the order of their
/// numbers. Thread-safe.
///
/// It holds hashes, so what it finds is to be compared. What an earlier process left is read when
/// somebody asks for the first time, once. What is done with stays until [#purge].
final class IdIndex {
  private static final System.Logger LOG = System.getLogger(IdIndex.class.getName());

  /// Hashes that come and go together.
  private static final int CHUNK = 256;

  private static final int FIRST = 8;

  /// Callers choose ids: nobody is to choose such that all have one hash.
  private static final long SEED = new SecureRandom().nextLong();

  private static final long FACTOR = 0x9E3779B97F4A7C15L;

  private final EventStream stream;
  private final EventCursor cursor;

  /// By number of the chunk; 0 is no hash. Short as long as its end is not used.
  private final TreeMap<Long, int[]> chunks = new TreeMap<>();

  private boolean complete;

  /// @param complete whether all that is in the stream will be added
  IdIndex(EventStream stream, EventCursor cursor, boolean complete) {
    this.stream = stream;
    this.cursor = cursor;
    this.complete = complete;
  }

  /// Takes note of an event. Does not block.
  synchronized void add(long sequence, String id) {
    int place = (int) (sequence % CHUNK);
    int[] chunk = chunks.computeIfAbsent(sequence / CHUNK, _ -> new int[FIRST]);
    if (place >= chunk.length) {
      int length = Math.min(CHUNK, Integer.highestOneBit(place) * 2);
      chunk = Arrays.copyOf(chunk, length);
      chunks.put(sequence / CHUNK, chunk);
    }
    chunk[place] = hash(id);
  }

  /// The numbers of events that may have an id and are not done with, in order. For one asker at a
  /// time.
  List<PendingEvent> find(String id) {
    fill();
    int wanted = hash(id);
    List<PendingEvent> found = new ArrayList<>();
    for (Map.Entry<Long, int[]> chunk : copy()) {
      int[] hashes = chunk.getValue();
      for (int place = 0; place < hashes.length; place++) {
        if (hashes[place] == wanted) {
          long sequence = chunk.getKey() * CHUNK + place;
          if (cursor.isPending(sequence)) {
            cursor.pending(sequence, 1).stream()
                .filter(it -> it.sequence() == sequence)
                .forEach(found::add);
          }
        }
      }
    }
    return found;
  }

  private synchronized List<Map.Entry<Long, int[]>> copy() {
    return List.copyOf(chunks.entrySet());
  }

  /// Reads what was there before this process.
  private void fill() {
    if (complete) {
      return;
    }
    long last = stream.status().last();
    List<PendingEvent> some = cursor.pending(0, CHUNK);
    while (!some.isEmpty() && some.getFirst().sequence() <= last) {
      some.forEach(it -> read(it.sequence()));
      some = cursor.pending(some.getLast().sequence() + 1, CHUNK);
    }
    complete = true;
  }

  private void read(long sequence) {
    if (isKnown(sequence)) {
      return;
    }
    try {
      stream
          .read(sequence)
          .ifPresent(event -> add(sequence, ItemCodec.read(event.attributes()).item().id()));
    } catch (DamagedEventException | IllegalArgumentException e) {
      LOG.log(Level.WARNING, "event %d of %s cannot be read".formatted(sequence, stream.name()), e);
    }
  }

  private synchronized boolean isKnown(long sequence) {
    int[] chunk = chunks.get(sequence / CHUNK);
    int place = (int) (sequence % CHUNK);
    return chunk != null && place < chunk.length && chunk[place] != 0;
  }

  /// Whether there is more than what is small anyway.
  synchronized boolean isWorthPurging() {
    return chunks.size() > 1;
  }

  /// Forgets what is done with.
  void purge() {
    for (Map.Entry<Long, int[]> chunk : copy()) {
      purge(chunk.getKey());
    }
  }

  /// Whoever adds waits for one chunk, not for all.
  private synchronized void purge(long number) {
    int[] chunk = chunks.get(number);
    if (chunk == null) {
      return;
    }
    for (int place = 0; place < chunk.length; place++) {
      if (chunk[place] != 0 && cursor.isPending(number * CHUNK + place)) {
        return;
      }
    }
    chunks.remove(number);
  }

  /// How many hashes there is room for.
  synchronized long size() {
    return chunks.values().stream().mapToLong(chunk -> chunk.length).sum();
  }

  private static int hash(String id) {
    long hash = SEED;
    for (int index = 0; index < id.length(); index++) {
      hash = (hash ^ id.charAt(index)) * FACTOR;
      hash ^= hash >>> 32;
    }
    int folded = (int) hash;
    return folded == 0 ? 1 : folded;
  }
}
