package dev.ebb.images.layers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// Writes archives byte by byte, also those that no program would write.
public final class TarBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int mode = 0644;
  private long user;
  private long group;
  private long time = 1_700_000_000L;

  public static TarBytes tar() {
    return new TarBytes();
  }

  /// @param parts are put one after the other
  static TarBytes archive(byte[]... parts) {
    var tar = new TarBytes();
    for (var part : parts) {
      tar.raw(part);
    }
    return tar;
  }

  public TarBytes mode(int mode) {
    this.mode = mode;
    return this;
  }

  public TarBytes owner(long user, long group) {
    this.user = user;
    this.group = group;
    return this;
  }

  public TarBytes time(long seconds) {
    time = seconds;
    return this;
  }

  public TarBytes file(String name, String content) {
    return entry('0', name, "", content.getBytes(UTF_8));
  }

  public TarBytes file(String name, byte[] content) {
    return entry('0', name, "", content);
  }

  public TarBytes directory(String name) {
    return entry('5', name, "", new byte[0]);
  }

  public TarBytes symbolicLink(String name, String target) {
    return entry('2', name, target, new byte[0]);
  }

  public TarBytes hardLink(String name, String target) {
    return entry('1', name, target, new byte[0]);
  }

  public TarBytes pax(String... keysAndValues) {
    var records = new ByteArrayOutputStream();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      var rest = " " + keysAndValues[i] + "=" + keysAndValues[i + 1] + "\n";
      int length = rest.length() + 1;
      while (rest.length() + Integer.toString(length).length() != length) {
        length = rest.length() + Integer.toString(length).length();
      }
      records.writeBytes((length + rest).getBytes(ISO_8859_1));
    }
    return entry('x', "pax", "", records.toByteArray());
  }

  public TarBytes longName(String name) {
    return entry('L', "././@LongLink", "", (name + "\0").getBytes(ISO_8859_1));
  }

  public TarBytes longLink(String name) {
    return entry('K', "././@LongLink", "", (name + "\0").getBytes(ISO_8859_1));
  }

  public TarBytes entry(char type, String name, String link, byte[] content) {
    return raw(header(type, name, link, content.length)).content(content);
  }

  public TarBytes content(byte[] content) {
    out.writeBytes(content);
    out.writeBytes(new byte[-content.length & 511]);
    return this;
  }

  public TarBytes raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /// @param size as the header says it
  public byte[] header(char type, String name, String link, long size) {
    var header = new byte[512];
    put(header, 0, name);
    put(header, 100, "%07o".formatted(mode));
    number(header, 108, 8, user);
    number(header, 116, 8, group);
    number(header, 124, 12, size);
    number(header, 136, 12, time);
    header[156] = (byte) type;
    put(header, 157, link);
    put(header, 257, "ustar\00000");
    return summed(header);
  }

  public static byte[] summed(byte[] header) {
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    return header;
  }

  public byte[] end() {
    return raw(new byte[1024]).unended();
  }

  public byte[] unended() {
    return out.toByteArray();
  }

  static void put(byte[] header, int offset, String text) {
    var bytes = text.getBytes(ISO_8859_1);
    System.arraycopy(bytes, 0, header, offset, Math.min(bytes.length, 512 - offset));
  }

  static void number(byte[] header, int offset, int length, long value) {
    var octal = Long.toOctalString(value);
    if (value >= 0 && octal.length() < length) {
      put(header, offset, "0".repeat(length - 1 - octal.length()) + octal);
      return;
    }
    for (int i = 0; i < length; i++) {
      int shift = 8 * (length - 1 - i);
      header[offset + i] = (byte) (shift > 56 ? value >> 63 : value >> shift);
    }
    header[offset] = (byte) (value < 0 ? 0xff : header[offset] | 0x80);
  }
}
