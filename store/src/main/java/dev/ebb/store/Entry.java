package dev.ebb.store;

/// One key with its value as of a revision. The array is shared and must not be modified.
///
/// @param createRevision the revision that brought the key into being
/// @param revision the revision of this value
@SuppressWarnings(
    "ArrayRecordComponent") // values are compared by revision; copying each would double the memory
public record Entry(String key, byte[] value, long createRevision, long revision) {}
