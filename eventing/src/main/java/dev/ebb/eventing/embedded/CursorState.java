package dev.ebb.eventing.embedded;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What a cursor has done and has in hands. Guarded by the lock of its stream, but for [#leasing].
///
/// Events before [#next] that are not in hands are done with. So acknowledgements in any order need
/// no memory, only what is in hands does, and the window bounds that. From `next` on nothing was in
/// hands; some of it may be [#skipped], for it was discarded.
final class CursorState {
  /// How many events one entry of the log may hold: half of its greatest size.
  private static final int ITEMS = 10_000;

  /// Which held event is due when; stale when the event is not in that phase and at that time any
  /// more.
  private record Due(long at, Held held, Held.Phase phase) {}

  private static final Comparator<Due> DUE_ORDER = Comparator.comparingLong(Due::at);

  /// Held while events are leased out, before the lock of the stream: the log has leases in their
  /// order.
  final ReentrantLock leasing = new ReentrantLock();

  final int id;
  final String name;
  int window;
  long next;
  boolean deleted;
  final Runs skipped = new Runs();
  private final TreeMap<Long, Held> held = new TreeMap<>();
  private final TreeSet<Long> ready = new TreeSet<>();
  private final PriorityQueue<Due> dues = new PriorityQueue<>(DUE_ORDER);
  private long tokens;
  private int leased;
  private int delayed;
  private long heldBytes;

  /// When the event at the floor was appended, so that it is not read each time that is asked: its
  /// number, and milliseconds.
  long agedSequence;

  long agedTime;

  CursorState(int id, String name, int window, long next) {
    this.id = id;
    this.name = name;
    this.window = window;
    this.next = next;
  }

  int heldCount() {
    return held.size();
  }

  /// Of attributes and payloads.
  long heldBytes() {
    return heldBytes;
  }

  int leasedCount() {
    return leased;
  }

  int delayedCount() {
    return delayed;
  }

  @Nullable Held held(long sequence) {
    return held.get(sequence);
  }

  /// In order.
  Iterable<Held> heldFrom(long sequence) {
    return held.tailMap(sequence, true).values();
  }

  int heldBetween(long from, long to) {
    return from > to ? 0 : held.subMap(from, true, to, true).size();
  }

  /// Nothing before it is needed by this cursor.
  long floor() {
    return held.isEmpty() ? skipped.firstAbsent(next) : held.firstKey();
  }

  boolean isPending(long sequence) {
    return held.containsKey(sequence) || (sequence >= next && !skipped.contains(sequence));
  }

  /// The oldest that may be leased out again.
  @Nullable Held pollReady(long now) {
    lapse(now);
    Long first = ready.pollFirst();
    return first == null ? null : held.get(first);
  }

  boolean hasReady(long now) {
    lapse(now);
    return !ready.isEmpty();
  }

  /// When something becomes ready that is not, if nothing happens; [Long#MAX_VALUE] for never.
  long nextDue() {
    for (Due due = dues.peek(); due != null; due = dues.peek()) {
      if (isCurrent(due)) {
        return due.at();
      }
      dues.poll();
    }
    return Long.MAX_VALUE;
  }

  private boolean isCurrent(Due due) {
    Held it = due.held();
    return it.phase == due.phase()
        && it.due == due.at()
        && it.settling == 0
        && held.get(it.sequence) == it;
  }

  private void lapse(long now) {
    for (Due due = dues.peek(); due != null && due.at() <= now; due = dues.peek()) {
      dues.poll();
      if (isCurrent(due)) {
        makeReady(due.held());
      }
    }
  }

  private void makeReady(Held it) {
    enter(it, Held.Phase.READY, 0);
    ready.add(it.sequence);
  }

  private void enter(Held it, Held.Phase phase, long due) {
    count(it.phase, -1);
    count(phase, 1);
    it.phase = phase;
    it.due = due;
    if (phase != Held.Phase.READY) {
      ready.remove(it.sequence);
      dues.add(new Due(due, it, phase));
    }
  }

  private void count(Held.Phase phase, int by) {
    switch (phase) {
      case READY -> {}
      case LEASED -> leased += by;
      case DELAYED -> delayed += by;
    }
  }

  /// Takes an event into hands that it never had.
  Held take(long sequence, int bytes) {
    Held taken = hold(new Held(sequence, bytes));
    next = skipped.firstAbsent(sequence + 1);
    skipped.removeBelow(next);
    return taken;
  }

  private Held hold(Held it) {
    held.put(it.sequence, it);
    heldBytes += it.bytes;
    return it;
  }

  void lease(Held it, long deadline) {
    it.attempts++;
    it.notBefore = 0;
    it.token = ++tokens;
    enter(it, Held.Phase.LEASED, deadline);
  }

  boolean isLeased(Held it, long token, long now) {
    return held.get(it.sequence) == it
        && it.phase == Held.Phase.LEASED
        && it.token == token
        && it.settling == 0
        && it.due > now;
  }

  void renew(Held it, long deadline) {
    enter(it, Held.Phase.LEASED, deadline);
  }

  /// What was on its way to the disk did not get there: the lease goes on, or has lapsed.
  void unsettle(Held it) {
    it.settling = Math.max(0, it.settling - 1);
    if (it.settling == 0 && it.phase == Held.Phase.LEASED && held.get(it.sequence) == it) {
      dues.add(new Due(it.due, it, it.phase));
    }
  }

  /// It comes again.
  void delay(Held it, int attempts, long notBefore, long now) {
    it.attempts = attempts;
    it.notBefore = notBefore;
    it.settling = Math.max(0, it.settling - 1);
    it.token = 0;
    if (notBefore <= now) {
      makeReady(it);
    } else {
      enter(it, Held.Phase.DELAYED, notBefore);
    }
  }

  /// @return whether it was not done with before
  boolean settle(long sequence) {
    Held it = held.remove(sequence);
    if (it != null) {
      heldBytes -= it.bytes;
      count(it.phase, -1);
      ready.remove(sequence);
      return true;
    }
    if (sequence < next || skipped.contains(sequence)) {
      return false;
    }
    skipped.add(sequence);
    next = skipped.firstAbsent(next);
    skipped.removeBelow(next);
    return true;
  }

  /// There is nothing that was not in hands before a sequence number.
  void advance(long sequence) {
    if (next < sequence) {
      next = skipped.firstAbsent(sequence);
      skipped.removeBelow(next);
    }
  }

  /// Forgets what is before a sequence number.
  void trim(long first) {
    while (!held.isEmpty() && held.firstKey() < first) {
      settle(held.firstKey());
    }
    advance(first);
  }

  /// Applies what the log says, at recovery. What was leased out is ready.
  ///
  /// Leases whose entries are lost with a damaged part of the log are seen by the gap to the next:
  /// what they were about counts as not done with.
  void replay(Entry.Handed handed) {
    holdBefore(handed.before());
    for (Entry.Handed.Item item : handed.items()) {
      if (handed.before() == 0) {
        holdBefore(item.sequence() + 1);
      }
      Held it = held.get(item.sequence());
      if (it == null) {
        if (item.sequence() < next && handed.before() != 0) {
          // A checkpoint between the lease and its entry had it in hands already, and it is done
          // with since.
          continue;
        }
        it = hold(new Held(item.sequence(), item.bytes()));
      }
      it.attempts = item.attempts();
      it.notBefore = item.notBefore();
      delay(it, item.attempts(), item.notBefore(), 0);
    }
    advance(handed.after());
  }

  private void holdBefore(long sequence) {
    for (long lost = next; lost < sequence; lost++) {
      if (!skipped.contains(lost)) {
        makeReady(held.computeIfAbsent(lost, it -> new Held(it, 0)));
      }
    }
    advance(sequence);
  }

  /// What a checkpoint says of it: what it has in hands, in pieces that fit into an entry each.
  List<Entry.Handed> checkpoint(int stream) {
    List<Entry.Handed> pieces = new ArrayList<>();
    List<Entry.Handed.Item> items = new ArrayList<>();
    for (Held it : held.values()) {
      items.add(it.item());
      if (items.size() == ITEMS) {
        pieces.add(new Entry.Handed(stream, id, 0, 0, List.copyOf(items)));
        items.clear();
      }
    }
    if (!items.isEmpty()) {
      pieces.add(new Entry.Handed(stream, id, 0, 0, List.copyOf(items)));
    }
    return pieces;
  }
}
