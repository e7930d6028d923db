package dev.ebb.store;

import java.util.Optional;

/// A log of revisions over keyed bytes: each write gets the next revision of one global sequence.
///
/// Thread-safe. Reads and watches are served from memory. Keys are paths (`/group/plural/ns/name`)
/// in the order of their UTF-16 code units. The model is etcd's (revision, compaction, watch from a
/// revision), as far as a Kubernetes API needs it.
public interface Store extends AutoCloseable {
  /// The newest visible revision; 0 for an empty store.
  long revision();

  Optional<Entry> get(String key);

  /// Entries whose key starts with the prefix, after `startAfter` (exclusive, empty for the start).
  ///
  /// @param atRevision 0 for the newest state; otherwise that state exactly, or
  ///   [CompactedException], also for a revision that is not yet there
  /// @param limit at most so many entries; 0 for all
  Page list(String prefix, String startAfter, int limit, long atRevision);

  /// @return the entry as stored
  /// @throws ConflictException when the key exists
  Entry create(String key, byte[] value, Durability durability);

  /// @param expectedRevision the revision that must be current
  /// @throws ConflictException when another is, or none
  Entry update(String key, byte[] value, long expectedRevision, Durability durability);

  /// @return the revision of the deletion
  /// @throws ConflictException as for `update`
  long delete(String key, long expectedRevision, Durability durability);

  /// Changes after `afterRevision` to keys with the prefix.
  ///
  /// @throws CompactedException when that history is gone, or the revision is not yet there
  Watch watch(String prefix, long afterRevision);

  /// Forgets the history up to a revision; current values stay.
  void compact(long revision);

  /// Waits for writes under way; later calls throw IllegalStateException.
  @Override
  void close();
}
