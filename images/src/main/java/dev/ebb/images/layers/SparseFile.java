package dev.ebb.images.layers;

import dev.ebb.images.layers.TarEntry.Extent;
import java.io.IOException;
import java.util.List;

/// Writes the stored stretches of a sparse file to where they belong.
final class SparseFile {
  private final LinuxFiles files;
  private final int file;
  private final List<Extent> extents;

  /// @param extents checked: ascending, as long together as the content is
  SparseFile(LinuxFiles files, int file, List<Extent> extents) {
    this.files = files;
    this.file = file;
    this.extents = extents;
  }

  void fill(TarStream content, byte[] buffer) throws IOException {
    int extent = 0;
    long left = 0;
    long position = 0;
    for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
      int at = 0;
      while (at < count) {
        while (left == 0) {
          var next = extents.get(extent++);
          files.skip(file, next.offset() - position);
          position = next.offset();
          left = next.length();
        }
        int length = (int) Math.min(left, count - at);
        files.write(file, buffer, at, length);
        at += length;
        left -= length;
        position += length;
      }
    }
  }
}
