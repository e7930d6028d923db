package dev.ebb.images.layers;

import java.util.List;
import java.util.Map;

/// One entry of an archive, as the archive has it: nothing of it can be trusted. Texts are bytes in
/// ISO 8859-1.
///
/// @param link target of a symbolic or hard link
/// @param stored bytes that follow in the archive
/// @param size of the file; more than is stored when it is sparse
/// @param mode permissions, with the set-id and sticky bits
/// @param seconds of the last change, since 1970; may be negative
/// @param nanos 0 to 999 999 999
/// @param attributes extended attributes by name
/// @param extents where the stored bytes of a sparse file belong, ascending; empty for others
public record TarEntry(
    Type type,
    String name,
    String link,
    long stored,
    long size,
    int mode,
    long user,
    long group,
    long seconds,
    int nanos,
    Map<String, byte[]> attributes,
    List<Extent> extents) {
  /// What the entry makes.
  public enum Type {
    FILE,
    HARD_LINK,
    SYMBOLIC_LINK,
    DEVICE,
    DIRECTORY,
    FIFO
  }

  /// A stretch of a sparse file that is stored.
  public record Extent(long offset, long length) {}
}
