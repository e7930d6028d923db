package dev.ebb.controllers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/// Reads the tar archives that people's tools write: ustar (POSIX.1-1988) with its name prefix, pax
/// (POSIX.1-2001) paths and sizes, GNU long names.
final class TarArchive {
  private static final int BLOCK = 512;

  /// Headers that describe the next file are a path or two; more is an attack.
  private static final int MAX_EXTENSION = 64 << 10;

  private TarArchive() {}

  /// @param sizes asked before a file's bytes are read; may throw
  static void read(InputStream in, LongConsumer sizes, BiConsumer<String, byte[]> files)
      throws IOException {
    byte[] header = new byte[BLOCK];
    String longName = "";
    long longSize = -1;
    while (in.readNBytes(header, 0, BLOCK) == BLOCK && header[0] != 0) {
      String name = longName.isEmpty() ? name(header) : longName;
      long size = longSize < 0 ? number(text(header, 124, 12).strip(), 8) : longSize;
      char type = (char) header[156];
      switch (type) {
        case '0', '\0', '7' -> {
          sizes.accept(size);
          files.accept(name, content(in, size));
        }
        case '5' -> content(in, size);
        case 'L' -> {
          byte[] extension = extension(in, size);
          longName = text(extension, 0, extension.length);
          continue;
        }
        case 'x' -> {
          byte[] extension = extension(in, size);
          longName = pax(extension, "path", longName);
          longSize = number(pax(extension, "size", "-1"), 10);
          continue;
        }
        // Comments, as git archive writes one.
        case 'g' -> extension(in, size);
        default ->
            throw new FunctionInvalidException(
                "spec.source.archive: '" + name + "' is a link or device, not a file");
      }
      longName = "";
      longSize = -1;
    }
  }

  private static byte[] extension(InputStream in, long size) throws IOException {
    if (size > MAX_EXTENSION) {
      throw new FunctionInvalidException("spec.source.archive has a header of an absurd size");
    }
    return content(in, size);
  }

  private static byte[] content(InputStream in, long size) throws IOException {
    if (size < 0 || size > Integer.MAX_VALUE - BLOCK) {
      throw new FunctionInvalidException("spec.source.archive has a file of an impossible size");
    }
    byte[] content = in.readNBytes((int) size);
    if (content.length < size) {
      throw new EOFException();
    }
    in.skipNBytes(-size & (BLOCK - 1));
    return content;
  }

  private static String name(byte[] header) {
    String name = text(header, 0, 100);
    String prefix = header[257] == 'u' && header[263] == '0' ? text(header, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private static long number(String digits, int radix) {
    try {
      return Long.parseLong(digits, radix);
    } catch (NumberFormatException damaged) {
      throw new FunctionInvalidException("spec.source.archive has a damaged header", damaged);
    }
  }

  /// Records are `LENGTH key=value\n`.
  private static String pax(byte[] extension, String key, String otherwise) {
    return new String(extension, UTF_8)
        .lines()
        .map(line -> line.substring(line.indexOf(' ') + 1))
        .filter(record -> record.startsWith(key + "="))
        .map(record -> record.substring(key.length() + 1))
        .reduce(otherwise, (_, last) -> last);
  }

  private static String text(byte[] bytes, int offset, int length) {
    int end = offset;
    while (end < offset + length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, offset, end - offset, UTF_8);
  }
}
