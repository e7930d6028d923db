package dev.ebb.kinds;

import java.net.InetAddress;
import java.util.Optional;

/// A block of addresses of IPv4 or IPv6 (RFC 4632, RFC 4291), as `10.9.8.0/24`.
///
/// @param address any of the block
/// @param bits of the prefix
public record IpNetwork(InetAddress address, int bits) {
  /// Empty when it is none. Bits behind the prefix do not matter.
  public static Optional<IpNetwork> parse(String text) {
    if (!IpAddresses.isCidr(text)) {
      return Optional.empty();
    }
    int slash = text.indexOf('/');
    return Optional.of(
        new IpNetwork(
            InetAddress.ofLiteral(text.substring(0, slash)),
            Integer.parseInt(text.substring(slash + 1))));
  }

  /// It is a part of the other, and smaller.
  public boolean isStrictlyIn(IpNetwork other) {
    byte[] own = address.getAddress();
    byte[] others = other.address.getAddress();
    if (own.length != others.length || bits <= other.bits) {
      return false;
    }
    for (int bit = 0; bit < other.bits; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((own[bit / 8] & mask) != (others[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }
}
