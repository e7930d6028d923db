package dev.ebb.images;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// Writes regular files as a tar archive that depends on nothing but names and contents: sorted
/// names, mode 0644, owner 0, time 0. Format: POSIX.1-2017 `pax`; a name that the 100 ASCII bytes
/// of a ustar header cannot hold goes into an extended header.
public final class TarWriter {
  static final int BLOCK = 512;
  static final int NAME_BYTES = 100;

  private TarWriter() {}

  /// @param files content by path below the archive's root, `bin/hello`
  public static void write(Map<String, byte[]> files, OutputStream out) throws IOException {
    for (var file : new TreeMap<>(files).entrySet()) {
      var name = file.getKey();
      if (!fitsHeader(name)) {
        var record = paxRecord("path", name);
        writeEntry(out, "PaxHeader", 'x', record);
        name = "long-name";
      }
      writeEntry(out, name, '0', file.getValue());
    }
    out.write(new byte[2 * BLOCK]);
  }

  private static boolean fitsHeader(String name) {
    return name.length() <= NAME_BYTES && name.chars().allMatch(c -> c < 0x80);
  }

  private static void writeEntry(OutputStream out, String name, char type, byte[] content)
      throws IOException {
    var header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, "0000644\0");
    put(header, 108, "0000000\0");
    put(header, 116, "0000000\0");
    put(header, 124, "%011o\0".formatted(content.length));
    put(header, 136, "00000000000\0");
    Arrays.fill(header, 148, 156, (byte) ' ');
    header[156] = (byte) type;
    put(header, 257, "ustar\00000");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    out.write(header);
    out.write(content);
    out.write(new byte[-content.length & (BLOCK - 1)]);
  }

  private static void put(byte[] header, int offset, String text) {
    var bytes = text.getBytes(US_ASCII);
    System.arraycopy(bytes, 0, header, offset, bytes.length);
  }

  /// `LENGTH KEY=VALUE\n`, where the length counts its own digits.
  private static byte[] paxRecord(String key, String value) {
    var rest = " " + key + "=" + value + "\n";
    int restLength = rest.getBytes(UTF_8).length;
    int length = restLength + 1;
    while (restLength + Integer.toString(length).length() != length) {
      length = restLength + Integer.toString(length).length();
    }
    return (length + rest).getBytes(UTF_8);
  }
}
