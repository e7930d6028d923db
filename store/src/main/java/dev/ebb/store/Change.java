package dev.ebb.store;

import java.util.Optional;

/// What one revision did to one key.
public sealed interface Change {
  String key();

  long revision();

  /// @param previous the value before, empty when the key is new
  record Put(Entry entry, Optional<Entry> previous) implements Change {
    @Override
    public String key() {
      return entry.key();
    }

    @Override
    public long revision() {
      return entry.revision();
    }
  }

  record Deleted(Entry previous, long revision) implements Change {
    @Override
    public String key() {
      return previous.key();
    }
  }
}
