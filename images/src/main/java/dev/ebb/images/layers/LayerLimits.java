package dev.ebb.images.layers;

/// What one layer may cost before it is refused: whoever names an image does not thereby own the
/// machine.
///
/// @param bytes of the unpacked archive, and of the files in it with their holes
/// @param entries files, directories and links
/// @param ratio of unpacked to packed bytes, looked at above `ratioFrom`
/// @param ratioFrom bytes below which every ratio is fine
/// @param directoryBytes length of the names of all directories, which are held in memory
/// @param freeBytes that always remain free on the disk, for everything else on it
public record LayerLimits(
    long bytes, long entries, long ratio, long ratioFrom, long directoryBytes, long freeBytes) {
  /// The largest layers in use, with weights of models, have some 20 GB; the most entries, some 300
  /// 000, those with dependencies of Node. Text packs 10 to 1, gzip can reach 1032 to 1, and a file
  /// of zeros in an honest image stays below a GiB.
  public static final LayerLimits DEFAULT =
      new LayerLimits(64L << 30, 1_000_000, 200, 1L << 30, 64L << 20, 256L << 20);
}
