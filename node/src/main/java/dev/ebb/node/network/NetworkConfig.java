package dev.ebb.node.network;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How a server gives its instances networks.
///
/// @param dataDirectory names the server: links, rules and the choice of the subnet derive from it;
///   the subnet is remembered there
/// @param runDirectory its `netns/` has the ready namespaces
/// @param size how many namespaces are kept ready, 0 to 1024
/// @param subnet where instances and services get their addresses; empty: a free block is chosen.
///   At most a prefix of 24, for half is for instances and half for services
/// @param egress whether instances reach other machines
public record NetworkConfig(
    Path dataDirectory, Path runDirectory, int size, Optional<Subnet> subnet, boolean egress) {
  /// A start of a burst takes one in about two milliseconds, so a second's worth of them is enough
  /// to hide that; each costs memory of the kernel.
  public static final int SIZE = 32;

  /// Half is for instances and half for services.
  private static final int SMALLEST = 24;

  /// "This" network, loopback, link-local with the clouds' metadata, multicast and what is reserved
  /// (RFC 6890).
  private static final List<String> SPECIAL =
      List.of("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3");

  public NetworkConfig {
    if (size < 0 || size > 1024) {
      throw new IllegalArgumentException("0 to 1024 namespaces can be kept ready, not " + size);
    }
    subnet.ifPresent(NetworkConfig::checked);
  }

  /// @return the subnet
  /// @throws IllegalArgumentException when instances cannot be in it
  public static Subnet checked(Subnet subnet) {
    if (subnet.prefix() > SMALLEST) {
      throw new IllegalArgumentException(
          "instances need a subnet of at least 256 addresses, not " + subnet);
    }
    for (String special : SPECIAL) {
      if (subnet.overlaps(Subnet.parse(special))) {
        throw new IllegalArgumentException(
            subnet + " overlaps " + special + ", where no instance can be");
      }
    }
    return subnet;
  }

  public static NetworkConfig defaults(Path dataDirectory, Path runDirectory) {
    return new NetworkConfig(dataDirectory, runDirectory, SIZE, Optional.empty(), true);
  }

  public NetworkConfig withSize(int value) {
    return new NetworkConfig(dataDirectory, runDirectory, value, subnet, egress);
  }

  public NetworkConfig withSubnet(Subnet value) {
    return new NetworkConfig(dataDirectory, runDirectory, size, Optional.of(value), egress);
  }

  public NetworkConfig withEgress(boolean value) {
    return new NetworkConfig(dataDirectory, runDirectory, size, subnet, value);
  }
}
