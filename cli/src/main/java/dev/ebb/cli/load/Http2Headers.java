package dev.ebb.cli.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/// The little of HPACK (RFC 7541) that load needs: requests are written without compression, and of
/// responses only the status is read, which comes first (RFC 9113, section 8.3.2). Servers are told
/// to keep no table of headers that came before, so each block can be read by itself.
final class Http2Headers {
  /// Of HTTP/1.1 alone (RFC 9113, section 8.2.2); the host has a name of its own.
  private static final Set<String> NOT_HERE =
      Set.of(
          "connection", "host", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

  /// The static table from 8 to 14 (RFC 7541, appendix A).
  private static final int[] STATUSES = {200, 204, 206, 304, 400, 404, 500};

  private static final int FIRST_STATUS = 8;

  private Http2Headers() {}

  static byte[] of(LoadRequest request, boolean secure) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    add(block, ":method", request.method());
    add(block, ":scheme", secure ? "https" : "http");
    add(block, ":authority", request.authority());
    add(block, ":path", request.target());
    request
        .headers()
        .forEach((name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (!NOT_HERE.contains(lower)) {
            add(block, lower, value);
          }
        });
    if (request.sized()) {
      add(block, "content-length", Integer.toString(request.body().length));
    }
    return block.toByteArray();
  }

  /// A literal that is not to be remembered, with its name.
  private static void add(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    for (String text : new String[] {name, value}) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      integer(block, bytes.length);
      block.writeBytes(bytes);
    }
  }

  /// With a prefix of seven bits (RFC 7541, section 5.1).
  private static void integer(ByteArrayOutputStream block, int value) {
    if (value < 0x7f) {
      block.write(value);
      return;
    }
    block.write(0x7f);
    int rest = value - 0x7f;
    while (rest >= 0x80) {
      block.write((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    block.write(rest);
  }

  /// @throws IOException when the block does not begin with one
  static int status(byte[] block) throws IOException {
    int at = 0;
    while (at < block.length && (block[at] & 0xe0) == 0x20) {
      at++; // The size of the table is zero, and so in one byte.
    }
    int first = at < block.length ? block[at++] & 0xff : 0;
    if (first >= 0x80) {
      int index = (first & 0x7f) - FIRST_STATUS;
      if (index >= 0 && index < STATUSES.length) {
        return STATUSES[index];
      }
    } else {
      int name = first & (first >= 0x40 ? 0x3f : 0x0f);
      if (name >= FIRST_STATUS && name < FIRST_STATUS + STATUSES.length && at < block.length) {
        int length = block[at] & 0x7f;
        if (at + length < block.length) {
          return (block[at] & 0x80) == 0 ? plain(block, at + 1, length) : huffman(block, at + 1);
        }
      }
    }
    throw new IOException("an answer does not begin with its status");
  }

  private static int plain(byte[] block, int at, int length) throws IOException {
    try {
      return Integer.parseInt(new String(block, at, length, StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      throw new IOException("an answer has no number where one belongs", e);
    }
  }

  /// Three digits: 0 to 2 have five bits, 3 to 9 six (RFC 7541, appendix B).
  private static int huffman(byte[] block, int at) throws IOException {
    int bits = 0;
    for (int i = 0; i < 3; i++) {
      bits = (bits << 8) | (at + i < block.length ? block[at + i] & 0xff : 0xff);
    }
    int status = 0;
    int left = 24;
    for (int digit = 0; digit < 3; digit++) {
      int five = (bits >> (left - 5)) & 0x1f;
      int six = (bits >> (left - 6)) & 0x3f;
      if (five <= 2) {
        status = status * 10 + five;
        left -= 5;
      } else if (six >= 25 && six <= 31) {
        status = status * 10 + six - 22;
        left -= 6;
      } else {
        throw new IOException("an answer has no number where one belongs");
      }
    }
    return status;
  }
}
