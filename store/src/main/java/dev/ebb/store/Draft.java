package dev.ebb.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes that are checked and applied in order, but that nobody sees until the draft is published.
/// To roll back is to drop it. Not thread-safe.
final class Draft {
  private final List<Step> steps = new ArrayList<>();
  private long revision;
  private EntryTree entries;

  Draft(long revision, EntryTree entries) {
    this.revision = revision;
    this.entries = entries;
  }

  /// The revision of the last write so far.
  long revision() {
    return revision;
  }

  EntryTree entries() {
    return entries;
  }

  List<Step> steps() {
    return steps;
  }

  /// @throws ConflictException when the write does not fit the state; the draft stays as it was
  Change apply(Write write) {
    Optional<Entry> current = entries.get(write.key());
    Change change =
        switch (write) {
          case Write.Create create -> {
            if (current.isPresent()) {
              throw new ConflictException(create.key(), current);
            }
            yield put(create.key(), create.value(), current);
          }
          case Write.Update update -> {
            expect(update.key(), update.expectedRevision(), current);
            yield put(update.key(), update.value(), current);
          }
          case Write.Delete delete ->
              new Change.Deleted(
                  expect(delete.key(), delete.expectedRevision(), current), revision + 1);
        };
    entries =
        switch (change) {
          case Change.Put put -> entries.with(put.entry());
          case Change.Deleted deleted -> entries.without(deleted.key());
        };
    revision = change.revision();
    steps.add(new Step(change, entries));
    return change;
  }

  private Change put(String key, byte[] value, Optional<Entry> previous) {
    long next = revision + 1;
    long created = previous.map(Entry::createRevision).orElse(next);
    return new Change.Put(new Entry(key, value, created, next), previous);
  }

  private static Entry expect(String key, long revision, Optional<Entry> current) {
    return current
        .filter(entry -> entry.revision() == revision)
        .orElseThrow(() -> new ConflictException(key, current));
  }
}
