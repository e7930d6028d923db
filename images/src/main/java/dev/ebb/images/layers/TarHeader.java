package dev.ebb.images.layers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;

/// One block of 512 bytes that begins an entry: v7, ustar, and GNU's form, which differ in few
/// fields. Offsets are those of POSIX.1-2017 `pax`, section "ustar Interchange Format", and of the
/// GNU tar manual, "Basic Tar Format".
///
/// @param block not copied
@SuppressWarnings("ArrayRecordComponent") // headers are read, never compared
record TarHeader(byte[] block) {
  static final int BLOCK = 512;

  boolean isZero() {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /// @throws ImageException INVALID when the sum of the block is not the one it says
  TarHeader verified() {
    long said = number(148, 8);
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      byte b = i >= 148 && i < 156 ? (byte) ' ' : block[i];
      unsigned += b & 0xff;
      signed += b; // As some old programs counted.
    }
    if (said != unsigned && said != signed) {
      throw invalid("a header has the wrong checksum; this is no tar archive, or it is damaged");
    }
    return this;
  }

  char type() {
    return (char) (block[156] & 0xff);
  }

  String name() {
    var prefix = isUstar() ? text(345, 155) : "";
    var name = text(0, 100);
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  String link() {
    return text(157, 100);
  }

  /// GNU's magic is `ustar `; its headers have times where ustar's have a prefix.
  private boolean isUstar() {
    return block[257] == 'u' && block[261] == 'r' && block[262] == 0;
  }

  String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return new String(block, offset, end - offset, ISO_8859_1);
  }

  /// Octal digits, or where the first bit is set a binary number (GNU "base-256").
  long number(int offset, int length) {
    if ((block[offset] & 0x80) != 0) {
      return binary(offset, length);
    }
    var digits = text(offset, length).strip();
    if (digits.isEmpty()) {
      return 0;
    }
    try {
      return Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw invalid("a header has a field that is no number");
    }
  }

  private long binary(int offset, int length) {
    // The first byte is 0x80 for positive numbers and 0xff for negative ones.
    boolean negative = (block[offset] & 0x40) != 0;
    long value = negative ? -1 : 0;
    for (int i = 0; i < length; i++) {
      int octet =
          i == 0 ? (block[offset] & 0x7f) | (negative ? 0x80 : 0) : block[offset + i] & 0xff;
      if (value != (value << 8) >> 8) {
        throw invalid("a header has a number that is too large");
      }
      value = (value << 8) | octet;
    }
    if ((value < 0) != negative) {
      throw invalid("a header has a number that is too large");
    }
    return value;
  }

  static ImageException invalid(String why) {
    return new ImageException(Reason.INVALID, "a layer of the image is not valid: " + why);
  }
}
