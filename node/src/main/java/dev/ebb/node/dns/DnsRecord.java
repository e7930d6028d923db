package dev.ebb.node.dns;

import java.net.Inet4Address;

/// What the zone says of a name.
public sealed interface DnsRecord {
  /// Type A of RFC 1035.
  record Address(Inet4Address address) implements DnsRecord {}

  /// Type CNAME of RFC 1035: the name is another's.
  ///
  /// @param target without a dot at its end
  record Alias(String target) implements DnsRecord {}

  /// Type SRV of RFC 2782.
  ///
  /// @param target without a dot at its end
  record Service(int port, String target) implements DnsRecord {}
}
