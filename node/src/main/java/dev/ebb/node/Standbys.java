package dev.ebb.node;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.RevisionId;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Keeps a [Standby] for each of the revisions that were used last and have no instance now, so
/// that their next request waits for the program alone. Only the node's loop touches it. See
/// docs/decisions/0108.
final class Standbys {
  private static final Logger LOG = System.getLogger(Standbys.class.getName());

  /// Logs of what does not run are deleted after days, and tokens end; a revision that was not
  /// asked for so long has no need of milliseconds.
  private static final Duration LONGEST = Duration.ofHours(12);

  private final Loop loop;
  private final Maker maker;
  private final int most;
  private final IntConsumer counted;
  private final Runnable gone;

  /// In the order in which they were made: the oldest goes first.
  private final Map<RevisionId, Entry> entries = new LinkedHashMap<>();

  private int underWay;

  /// Makes them; blocks.
  interface Maker {
    boolean canMake(StartPlan plan);

    /// @throws StartRefusedException when it cannot be done; then nothing is left
    Standby make(InstanceId id, StartPlan plan);
  }

  private static final class Entry {
    final StartPlan plan;
    @Nullable Standby made;
    boolean dropped;
    Loop.Timer end = Loop.Timer.NONE;

    Entry(StartPlan plan) {
      this.plan = plan;
    }
  }

  /// @param most at one time; 0 for none
  /// @param counted gets how many are ready, whenever that changes
  /// @param gone is run when nothing is under way any more
  Standbys(Loop loop, Maker maker, int most, IntConsumer counted, Runnable gone) {
    this.loop = loop;
    this.maker = maker;
    this.most = most;
    this.counted = counted;
    this.gone = gone;
  }

  boolean has(RevisionId revision, StartPlan plan) {
    Entry entry = entries.get(revision);
    return entry != null && entry.plan.equals(plan);
  }

  /// Makes one, unless there is one. The oldest of another revision goes when there are too many.
  void make(RevisionId revision, StartPlan plan, InstanceId id) {
    if (most == 0 || has(revision, plan) || !maker.canMake(plan)) {
      return;
    }
    discard(revision);
    if (entries.size() >= most) {
      discard(entries.keySet().iterator().next());
    }
    var entry = new Entry(plan);
    entries.put(revision, entry);
    underWay++;
    // All of them have one share: nobody waits for them.
    loop.work(
        this,
        () -> {
          try {
            Standby made = maker.make(id, plan);
            loop.execute(() -> made(revision, entry, made));
          } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "no standby of " + revision, e);
            loop.execute(() -> failed(revision, entry));
          }
        });
  }

  private void made(RevisionId revision, Entry entry, Standby made) {
    underWay--;
    if (entry.dropped) {
      discard(made);
      return;
    }
    entry.made = made;
    entry.end = loop.after(LONGEST, () -> discard(revision));
    count();
    tellWhenIdle();
  }

  /// Its next instance tells why.
  private void failed(RevisionId revision, Entry entry) {
    underWay--;
    entries.remove(revision, entry);
    tellWhenIdle();
  }

  /// The one of a revision, which is the caller's from now on. One that is still being made is not
  /// waited for.
  Optional<Standby> take(RevisionId revision, StartPlan plan) {
    Entry entry = entries.get(revision);
    if (entry == null) {
      return Optional.empty();
    }
    Standby made = entry.made;
    if (made == null || !entry.plan.equals(plan)) {
      discard(revision);
      return Optional.empty();
    }
    entries.remove(revision);
    entry.end.cancel();
    count();
    return Optional.of(made);
  }

  void discard(RevisionId revision) {
    Entry entry = entries.remove(revision);
    if (entry != null) {
      entry.dropped = true;
      entry.end.cancel();
      if (entry.made != null) {
        count();
        discard(entry.made);
      }
    }
  }

  private void discard(Standby made) {
    underWay++;
    loop.work(() -> {
      try {
        made.discard();
      } finally {
        loop.execute(() -> {
          underWay--;
          tellWhenIdle();
        });
      }
    });
  }

  void discardAll() {
    List.copyOf(entries.keySet()).forEach(this::discard);
  }

  /// Nothing is being made or taken away.
  boolean isIdle() {
    return underWay == 0;
  }

  private void count() {
    counted.accept((int) entries.values().stream().filter(one -> one.made != null).count());
  }

  private void tellWhenIdle() {
    if (underWay == 0) {
      gone.run();
    }
  }
}
