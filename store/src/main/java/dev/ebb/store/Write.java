package dev.ebb.store;

/// A write that somebody asked for; [Draft#apply] says whether it holds.
sealed interface Write {
  String key();

  Durability durability();

  @SuppressWarnings("ArrayRecordComponent") // see Entry
  record Create(String key, byte[] value, Durability durability) implements Write {}

  @SuppressWarnings("ArrayRecordComponent") // see Entry
  record Update(String key, byte[] value, long expectedRevision, Durability durability)
      implements Write {}

  record Delete(String key, long expectedRevision, Durability durability) implements Write {}
}
