package dev.ebb.node.dns;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// A question of a client (RFC 1035, section 4; EDNS: RFC 6891).
///
/// @param id the client's number for it
/// @param recursionDesired comes back in the answer
/// @param opcode 0 for a query
/// @param question as it came, for the answer repeats it in the client's own case
/// @param name in lower case, without a dot at its end
/// @param type such as [#A]
/// @param payload how many bytes of answer the client takes by UDP
/// @param extended whether the client speaks EDNS
record DnsQuery(
    int id,
    boolean recursionDesired,
    int opcode,
    Bytes question,
    String name,
    int type,
    int payload,
    boolean extended) {
  static final int A = 1;
  static final int CNAME = 5;
  static final int SOA = 6;
  static final int AAAA = 28;
  static final int SRV = 33;
  static final int OPT = 41;
  static final int ANY = 255;

  static final int HEADER = 12;

  private static final int QR = 0x8000;
  private static final int RD = 0x0100;
  private static final int IN = 1;
  private static final int MAX_NAME = 255;
  private static final int MAX_LABEL = 63;
  private static final int MIN_PAYLOAD = 512;

  /// What passes through every network without fragments (DNS flag day 2020).
  static final int MAX_PAYLOAD = 1232;

  /// @return empty when it is no question that one could answer
  static Optional<DnsQuery> parse(Bytes packet) {
    if (packet.length() < HEADER || (packet.u16(2) & QR) != 0) {
      return Optional.empty();
    }
    // One question, no answers; what else there is may only be EDNS.
    if (packet.u16(4) != 1 || packet.u16(6) != 0 || packet.u16(8) != 0) {
      return Optional.empty();
    }
    var name = new StringBuilder();
    int at = HEADER;
    while (true) {
      if (at >= packet.length()) {
        return Optional.empty();
      }
      int label = packet.u8(at);
      if (label == 0) {
        break;
      }
      // A pointer would be of no use in a first name.
      if (label > MAX_LABEL
          || at + 1 + label > packet.length()
          || at + 1 + label - HEADER > MAX_NAME) {
        return Optional.empty();
      }
      var text = packet.text(at + 1, label);
      if (text.indexOf('.') >= 0) {
        return Optional.empty();
      }
      name.append(name.isEmpty() ? "" : ".").append(text);
      at += 1 + label;
    }
    int end = at + 5;
    if (end > packet.length() || packet.u16(at + 3) != IN) {
      return Optional.empty();
    }
    var extension = extension(packet, end, packet.u16(10));
    int flags = packet.u16(2);
    return Optional.of(
        new DnsQuery(
            packet.u16(0),
            (flags & RD) != 0,
            flags >> 11 & 0xf,
            packet.slice(HEADER, end),
            name.toString().toLowerCase(Locale.ROOT),
            packet.u16(at + 1),
            Math.clamp(extension.orElse(MIN_PAYLOAD), MIN_PAYLOAD, MAX_PAYLOAD),
            extension.isPresent()));
  }

  /// The same question for the address of another name.
  DnsQuery about(String other) {
    var out = new ByteArrayOutputStream();
    for (String label : other.split("\\.")) {
      out.write(label.length());
      out.writeBytes(label.getBytes(ISO_8859_1));
    }
    out.writeBytes(new byte[] {0, 0, A, 0, IN});
    var bytes = new Bytes(out.toByteArray(), out.size());
    return new DnsQuery(id, true, 0, bytes, other.toLowerCase(Locale.ROOT), A, payload, extended);
  }

  /// The payload size in an OPT record that comes first, as it does in questions.
  private static Optional<Integer> extension(Bytes packet, int at, int count) {
    boolean present =
        count > 0 && at + 11 <= packet.length() && packet.u8(at) == 0 && packet.u16(at + 1) == OPT;
    return present ? Optional.of(packet.u16(at + 3)) : Optional.empty();
  }

  /// Bytes that nobody changes.
  static final class Bytes {
    private final byte[] content;

    Bytes(byte[] content, int length) {
      this.content = Arrays.copyOf(content, length);
    }

    int length() {
      return content.length;
    }

    int u8(int at) {
      return content[at] & 0xff;
    }

    int u16(int at) {
      return u8(at) << 8 | u8(at + 1);
    }

    long u32(int at) {
      return (long) u16(at) << 16 | u16(at + 2);
    }

    String text(int at, int length) {
      return new String(content, at, length, ISO_8859_1);
    }

    Inet4Address address(int at) {
      try {
        return (Inet4Address) InetAddress.getByAddress(Arrays.copyOfRange(content, at, at + 4));
      } catch (UnknownHostException e) {
        throw new AssertionError(e);
      }
    }

    Bytes slice(int from, int to) {
      return new Bytes(Arrays.copyOfRange(content, from, to), to - from);
    }

    byte[] toArray() {
      return content.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(content);
    }
  }
}
