package dev.ebb.images;

/// Counts the files and bytes of one package against what one may hold.
final class PackageLimits {
  // As many as large dependency trees of Node functions have.
  static final int FILES = 20_000;
  // The peers allow 250 MB unpacked; the whole package is in memory while it is stored.
  static final long BYTES = 256L << 20;

  private int files;
  private long bytes;

  void add(long size) {
    files++;
    bytes += size;
    if (files > FILES) {
      throw new PackageInvalidException("a package has at most " + FILES + " files");
    }
    if (size < 0 || bytes > BYTES) {
      throw new PackageInvalidException("a package has at most " + (BYTES >> 20) + " MiB of files");
    }
  }
}
