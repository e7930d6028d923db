package dev.ebb.node.dns;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.List;

/// Answers in the form of RFC 1035, section 4.
final class DnsAnswers {
  static final int NOERROR = 0;
  static final int SERVFAIL = 2;
  static final int NXDOMAIN = 3;
  static final int NOTIMP = 4;

  private static final int QR = 0x8000;
  private static final int AUTHORITATIVE = 0x0400;
  private static final int TRUNCATED = 0x0200;
  private static final int RD = 0x0100;
  private static final int RECURSION_AVAILABLE = 0x0080;
  private static final int IN = 1;

  /// Points to the name in the question, behind the header.
  private static final int QUESTION = 0xC00C;

  /// Seconds. Kubernetes' servers say the same of services: they come and go.
  private static final int TTL = 5;

  private DnsAnswers() {}

  /// @param limit in bytes; a longer answer is cut to its question, and says so
  static byte[] found(DnsQuery query, List<DnsRecord> records, int limit) {
    var matching = records.stream().filter(it -> matches(query.type(), it)).toList();
    if (matching.isEmpty()) {
      return denied(query, NOERROR);
    }
    var out = start(query, AUTHORITATIVE, matching.size(), 0);
    matching.forEach(it -> record(out, it));
    extension(out, query);
    return out.size() <= limit ? out.toByteArray() : truncated(query);
  }

  /// There is no such name (`NXDOMAIN`), or nothing of that type (`NOERROR`). How long that may be
  /// remembered stands in the zone's SOA (RFC 2308).
  static byte[] denied(DnsQuery query, int code) {
    var out = start(query, AUTHORITATIVE | code, 0, 1);
    name(out, DnsZone.DOMAIN);
    var soa = new ByteArrayOutputStream();
    name(soa, "ns.dns." + DnsZone.DOMAIN);
    name(soa, "hostmaster." + DnsZone.DOMAIN);
    // Serial, refresh, retry, expire, minimum.
    for (int value : new int[] {1, 7200, 1800, 86400, TTL}) {
      u32(soa, value);
    }
    u16(out, DnsQuery.SOA);
    data(out, soa.toByteArray());
    extension(out, query);
    return out.toByteArray();
  }

  static byte[] failed(DnsQuery query, int code) {
    var out = start(query, code, 0, 0);
    extension(out, query);
    return out.toByteArray();
  }

  /// The client should ask again by TCP.
  static byte[] truncated(DnsQuery query) {
    var out = start(query, TRUNCATED, 0, 0);
    extension(out, query);
    return out.toByteArray();
  }

  /// A question of our own to another server.
  static byte[] question(DnsQuery query, int id) {
    var out = new ByteArrayOutputStream(64);
    u16(out, id);
    u16(out, RD);
    u16(out, 1);
    u16(out, 0);
    u16(out, 0);
    u16(out, query.extended() ? 1 : 0);
    out.writeBytes(query.question().toArray());
    extension(out, query);
    return out.toByteArray();
  }

  private static boolean matches(int type, DnsRecord record) {
    return type == DnsQuery.ANY
        || switch (record) {
          case DnsRecord.Address ignored -> type == DnsQuery.A;
          case DnsRecord.Alias ignored -> true;
          case DnsRecord.Service ignored -> type == DnsQuery.SRV;
        };
  }

  private static ByteArrayOutputStream start(
      DnsQuery query, int flags, int answers, int authorities) {
    var out = new ByteArrayOutputStream(128);
    int desired = query.recursionDesired() ? RD : 0;
    u16(out, query.id());
    u16(out, QR | query.opcode() << 11 | flags | desired | RECURSION_AVAILABLE);
    u16(out, 1);
    u16(out, answers);
    u16(out, authorities);
    u16(out, query.extended() ? 1 : 0);
    out.writeBytes(query.question().toArray());
    return out;
  }

  private static void record(ByteArrayOutputStream out, DnsRecord record) {
    u16(out, QUESTION);
    switch (record) {
      case DnsRecord.Address(var address) -> {
        u16(out, DnsQuery.A);
        data(out, address.getAddress());
      }
      case DnsRecord.Alias(var target) -> {
        u16(out, DnsQuery.CNAME);
        var name = new ByteArrayOutputStream();
        name(name, target);
        data(out, name.toByteArray());
      }
      case DnsRecord.Service(int port, var target) -> {
        u16(out, DnsQuery.SRV);
        var service = new ByteArrayOutputStream();
        // Priority and weight: all are alike.
        u16(service, 0);
        u16(service, 100);
        u16(service, port);
        name(service, target);
        data(out, service.toByteArray());
      }
    }
  }

  /// Class, TTL and data of a record, behind its type.
  private static void data(ByteArrayOutputStream out, byte[] data) {
    u16(out, IN);
    u32(out, TTL);
    u16(out, data.length);
    out.writeBytes(data);
  }

  private static void extension(ByteArrayOutputStream out, DnsQuery query) {
    if (query.extended()) {
      out.write(0);
      u16(out, DnsQuery.OPT);
      u16(out, DnsQuery.MAX_PAYLOAD);
      u32(out, 0);
      u16(out, 0);
    }
  }

  private static void name(ByteArrayOutputStream out, String name) {
    for (String label : name.split("\\.")) {
      byte[] bytes = label.getBytes(ISO_8859_1);
      out.write(bytes.length);
      out.writeBytes(bytes);
    }
    out.write(0);
  }

  private static void u16(ByteArrayOutputStream out, int value) {
    out.write(value >> 8);
    out.write(value);
  }

  private static void u32(ByteArrayOutputStream out, int value) {
    u16(out, value >>> 16);
    u16(out, value);
  }
}
