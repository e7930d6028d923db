package dev.ebb.node.dns;

import dev.ebb.node.dns.DnsQuery.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What another server answered. Only what is needed is read: whether it answers the question, and
/// how long it holds.
///
/// @param packet as it came
/// @param truncated more can be had by TCP
/// @param lifetime zero when it must not be kept
record DnsReply(Bytes packet, boolean truncated, Duration lifetime) {
  private static final int TRUNCATED = 0x0200;
  private static final int CODE = 0xf;

  /// TTLs are not counted down in what is kept, so it is not kept longer than anybody minds.
  private static final long MAX_SECONDS = 30;

  private static final long NEGATIVE_SECONDS = 5;

  /// @param id that the question had
  /// @return empty when it is no whole answer to it
  static Optional<DnsReply> parse(Bytes packet, DnsQuery query, int id) {
    int question = DnsQuery.HEADER + query.question().length();
    boolean answers =
        packet.length() >= question
            && packet.u16(0) == id
            && (packet.u16(2) & 0x8000) != 0
            && packet.u16(4) == 1
            && packet.slice(DnsQuery.HEADER, question).equals(query.question());
    if (!answers) {
      return Optional.empty();
    }
    boolean truncated = (packet.u16(2) & TRUNCATED) != 0;
    int code = packet.u16(2) & CODE;
    boolean certain = code == DnsAnswers.NOERROR || code == DnsAnswers.NXDOMAIN;
    if (truncated || !certain) {
      return Optional.of(new DnsReply(packet, truncated, Duration.ZERO));
    }
    int answersCount = packet.u16(6);
    if (answersCount == 0) {
      return Optional.of(new DnsReply(packet, false, Duration.ofSeconds(NEGATIVE_SECONDS)));
    }
    long seconds = MAX_SECONDS;
    int at = question;
    for (int i = 0; i < answersCount; i++) {
      at = skipName(packet, at);
      if (at < 0 || at + 10 > packet.length()) {
        return Optional.empty();
      }
      seconds = Math.min(seconds, packet.u32(at + 4));
      at += 10 + packet.u16(at + 8);
      if (at > packet.length()) {
        return Optional.empty();
      }
    }
    return Optional.of(new DnsReply(packet, false, Duration.ofSeconds(seconds)));
  }

  /// @return behind the name, -1 when it does not end
  private static int skipName(Bytes packet, int from) {
    int at = from;
    while (at < packet.length()) {
      int label = packet.u8(at);
      if (label == 0) {
        return at + 1;
      }
      if (label >= 0xC0) {
        return at + 2;
      }
      at += 1 + label;
    }
    return -1;
  }

  /// The IPv4 addresses in it, whatever names lead to them.
  List<DnsRecord> addresses(DnsQuery query) {
    var addresses = new ArrayList<DnsRecord>();
    int at = DnsQuery.HEADER + query.question().length();
    for (int i = 0; i < packet.u16(6) && !truncated; i++) {
      at = skipName(packet, at);
      if (at < 0 || at + 10 > packet.length()) {
        break;
      }
      int length = packet.u16(at + 8);
      if (packet.u16(at) == DnsQuery.A && length == 4 && at + 14 <= packet.length()) {
        addresses.add(new DnsRecord.Address(packet.address(at + 10)));
      }
      at += 10 + length;
    }
    return addresses;
  }

  /// The answer with the number of another question.
  byte[] as(int id) {
    byte[] bytes = packet.toArray();
    bytes[0] = (byte) (id >> 8);
    bytes[1] = (byte) id;
    return bytes;
  }
}
