package dev.ebb.node.network;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/// A block of IPv4 addresses, aligned to its size.
///
/// @param base the first address as a number
/// @param prefix 0 to 32
public record Subnet(int base, int prefix) {
  public Subnet {
    if (prefix < 0 || prefix > 32) {
      throw new IllegalArgumentException("a prefix has 0 to 32 bits, not " + prefix);
    }
    base &= mask(prefix);
  }

  /// @param text such as `100.64.0.0/19`
  /// @throws IllegalArgumentException when it is none, or has bits behind the prefix
  public static Subnet parse(String text) {
    var subnet = around(text);
    if (address(subnet.base).equals(Inet4Address.ofLiteral(text.substring(0, text.indexOf('/'))))) {
      return subnet;
    }
    throw new IllegalArgumentException(text + " has bits behind its prefix");
  }

  /// The same, but bits behind the prefix do not count: `10.1.2.3/8` is `10.0.0.0/8`.
  public static Subnet around(String text) {
    int slash = text.indexOf('/');
    try {
      int prefix = Integer.parseInt(text.substring(slash + 1));
      return new Subnet(
          number(Inet4Address.ofLiteral(text.substring(0, Math.max(0, slash)))), prefix);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(text + " is no IPv4 subnet", e);
    }
  }

  static int number(Inet4Address address) {
    return ByteBuffer.wrap(address.getAddress()).getInt();
  }

  static Inet4Address address(int number) {
    try {
      return (Inet4Address) InetAddress.getByAddress(ByteBuffer.allocate(4).putInt(number).array());
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /// How many addresses there are.
  public long size() {
    return 1L << (32 - prefix);
  }

  /// @param index from 0 to `size() - 1`
  public Inet4Address at(long index) {
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException(index + " in " + this);
    }
    return address(base + (int) index);
  }

  public boolean contains(Inet4Address address) {
    return (number(address) & mask(prefix)) == base;
  }

  public boolean overlaps(Subnet other) {
    int common = mask(Math.min(prefix, other.prefix));
    return (base & common) == (other.base & common);
  }

  Subnet lowerHalf() {
    return new Subnet(base, prefix + 1);
  }

  Subnet upperHalf() {
    return new Subnet(base + (int) (size() / 2), prefix + 1);
  }

  @Override
  public String toString() {
    return address(base).getHostAddress() + "/" + prefix;
  }

  private static int mask(int prefix) {
    return prefix == 0 ? 0 : -1 << (32 - prefix);
  }
}
