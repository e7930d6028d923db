package dev.ebb.images;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// Reads regular files out of a tar archive, ustar or pax, and nothing else: links and devices have
/// no place in a function package.
final class TarReader {
  /// Takes one file, in the order of the archive.
  interface Sink {
    void file(String path, byte[] content) throws IOException;
  }

  private TarReader() {}

  static void read(InputStream in, Sink sink) throws IOException {
    var header = new byte[TarWriter.BLOCK];
    var limits = new PackageLimits();
    String longName = "";
    while (fill(in, header)) {
      if (isZero(header)) {
        return;
      }
      var name = longName.isEmpty() ? text(header, 0, TarWriter.NAME_BYTES) : longName;
      long size = octal(header, 124, 12);
      limits.add(size);
      var content = in.readNBytes((int) size);
      long padding = -size & (TarWriter.BLOCK - 1);
      if (content.length < size || in.skip(padding) < padding) {
        throw new EOFException("the archive ends within '" + name + "'");
      }
      longName = "";
      switch (header[156]) {
        case 'x' -> longName = paxPath(new String(content, UTF_8));
        case '0', 0 -> {
          PackagePaths.check(name);
          sink.file(name, content);
        }
        default -> throw new PackageInvalidException("'" + name + "' is not a regular file");
      }
    }
  }

  private static boolean fill(InputStream in, byte[] block) throws IOException {
    int read = in.readNBytes(block, 0, block.length);
    if (read > 0 && read < block.length) {
      throw new EOFException("the archive ends within a header");
    }
    return read == block.length;
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static String text(byte[] header, int offset, int length) {
    int end = offset;
    while (end < offset + length && header[end] != 0) {
      end++;
    }
    return new String(header, offset, end - offset, UTF_8);
  }

  private static long octal(byte[] header, int offset, int length) {
    var digits = text(header, offset, length).trim();
    try {
      return Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new PackageInvalidException("the archive has a size that is no number: " + digits);
    }
  }

  private static String paxPath(String records) {
    int start = records.indexOf(" path=");
    int end = records.lastIndexOf('\n');
    return start < 0 || end < start ? "" : records.substring(start + " path=".length(), end);
  }
}
