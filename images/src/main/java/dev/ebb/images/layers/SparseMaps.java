package dev.ebb.images.layers;

import dev.ebb.images.layers.TarEntry.Extent;
import java.util.ArrayList;
import java.util.List;

/// Where the bytes of sparse files belong, in the forms of the GNU tar manual ("Storing Sparse
/// Files"). Pure.
final class SparseMaps {
  /// More than any file of an image needs; each costs memory before a byte of the file is here.
  static final int MAXIMUM = 100_000;

  private SparseMaps() {}

  /// Versions 0.0 and 0.1: `offset,length,offset,length`.
  static List<Extent> ofText(String map) {
    var numbers = map.isEmpty() ? new String[0] : map.split(",", -1);
    if (numbers.length % 2 != 0 || numbers.length / 2 > MAXIMUM) {
      throw invalid();
    }
    var extents = new ArrayList<Extent>();
    for (int i = 0; i < numbers.length; i += 2) {
      extents.add(new Extent(number(numbers[i]), number(numbers[i + 1])));
    }
    return extents;
  }

  /// The old form: up to `count` pairs of 12 bytes in a header or in what continues it.
  static void ofHeader(TarHeader header, int offset, int count, List<Extent> extents) {
    for (int i = 0; i < count; i++) {
      int at = offset + 24 * i;
      if (header.text(at + 12, 12).isEmpty()) {
        return;
      }
      if (extents.size() >= MAXIMUM) {
        throw invalid();
      }
      extents.add(new Extent(header.number(at, 12), header.number(at + 12, 12)));
    }
  }

  /// @return the extents, which are in order, inside the file and as long together as is stored
  static List<Extent> checked(List<Extent> extents, long stored, long size) {
    long end = 0;
    long sum = 0;
    for (var extent : extents) {
      boolean inside =
          extent.offset() >= end
              && extent.length() >= 0
              && extent.length() <= size - extent.offset();
      if (!inside) {
        throw invalid();
      }
      end = extent.offset() + extent.length();
      sum += extent.length();
    }
    if (sum != stored) {
      throw invalid();
    }
    return List.copyOf(extents);
  }

  static long number(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw invalid();
    }
  }

  static RuntimeException invalid() {
    return TarHeader.invalid("the map of a sparse file is malformed");
  }
}
