package dev.ebb.node.dns;

import dev.ebb.node.dns.DnsQuery.Bytes;
import dev.ebb.node.dns.DnsZone.Lookup;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What is answered to whom: services from the zone, `localhost` by itself, everything else from
/// other servers.
final class DnsResponder {
  private static final DnsRecord LOOPBACK =
      new DnsRecord.Address((Inet4Address) InetAddress.ofLiteral("127.0.0.1"));

  /// Through how many aliases a name may lead.
  private static final int ALIASES = 8;

  private final Supplier<DnsZone> zone;
  private final DnsForwarder forwarder;

  DnsResponder(Supplier<DnsZone> zone, DnsForwarder forwarder) {
    this.zone = zone;
    this.forwarder = forwarder;
  }

  /// Whether the answer needs no other server, so that nobody has to wait for it.
  boolean isImmediate(DnsQuery query) {
    return query.opcode() != 0
        || isLocalhost(query.name())
        || switch (zone.get().lookup(query.name())) {
          case Lookup.Foreign ignored -> false;
          case Lookup.Missing ignored -> true;
          case Lookup.Found(var records) -> alias(records).isEmpty();
        };
  }

  /// @param limit of the answer in bytes
  byte[] answer(DnsQuery query, int limit) {
    if (query.opcode() != 0) {
      return DnsAnswers.failed(query, DnsAnswers.NOTIMP);
    }
    if (isLocalhost(query.name())) {
      return DnsAnswers.found(query, List.of(LOOPBACK), limit);
    }
    return switch (zone.get().lookup(query.name())) {
      case Lookup.Missing ignored -> DnsAnswers.denied(query, DnsAnswers.NXDOMAIN);
      case Lookup.Found(var records) -> DnsAnswers.found(query, resolved(query, records), limit);
      case Lookup.Foreign ignored -> foreign(query, limit);
    };
  }

  private byte[] foreign(DnsQuery query, int limit) {
    return forwarder
        .ask(query)
        .map(reply ->
            reply.packet().length() <= limit ? reply.as(query.id()) : DnsAnswers.truncated(query))
        .orElseGet(() -> DnsAnswers.failed(query, DnsAnswers.SERVFAIL));
  }

  /// Programs' resolvers follow no alias themselves, so its addresses are given as the name's own.
  private List<DnsRecord> resolved(DnsQuery query, List<DnsRecord> records) {
    var at = records;
    for (int i = 0; i < ALIASES && query.type() == DnsQuery.A; i++) {
      var target = alias(at);
      if (target.isEmpty()) {
        return at;
      }
      var next = query.about(target.get());
      switch (zone.get().lookup(next.name())) {
        case Lookup.Found(var further) -> at = further;
        case Lookup.Missing ignored -> {
          return List.of();
        }
        case Lookup.Foreign ignored -> {
          return forwarder.ask(next).map(it -> it.addresses(next)).orElse(List.of());
        }
      }
    }
    return query.type() == DnsQuery.CNAME || alias(at).isEmpty() ? at : List.of();
  }

  private static Optional<String> alias(List<DnsRecord> records) {
    return records.stream()
        .filter(DnsRecord.Alias.class::isInstance)
        .map(it -> ((DnsRecord.Alias) it).target())
        .findFirst();
  }

  /// RFC 6761, section 6.3.
  private static boolean isLocalhost(String name) {
    return name.equals("localhost") || name.endsWith(".localhost");
  }

  /// @return empty when no answer should be given
  static Optional<DnsQuery> query(byte[] packet, int length) {
    return DnsQuery.parse(new Bytes(packet, length));
  }
}
