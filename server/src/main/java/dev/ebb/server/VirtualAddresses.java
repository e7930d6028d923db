package dev.ebb.server;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.node.network.Subnet;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// The virtual addresses of Services. Each keeps its own as long as it lives: its `clusterIP` where
/// that is of this network, else one that is free. Not thread-safe.
final class VirtualAddresses {
  private final Subnet subnet;
  private final Map<ObjectKey, Inet4Address> addresses = new HashMap<>();
  private final Set<Inet4Address> taken = new HashSet<>();
  private final Set<ObjectKey> without = new LinkedHashSet<>();

  VirtualAddresses(Subnet subnet) {
    this.subnet = subnet;
  }

  /// @return empty when all are taken
  Optional<Inet4Address> of(KubernetesObject service) {
    Optional<Inet4Address> present = Optional.ofNullable(addresses.get(service.key()));
    return present.or(() -> {
      Optional<Inet4Address> free = free(service);
      free.ifPresentOrElse(
          address -> {
            taken.add(address);
            addresses.put(service.key(), address);
            without.remove(service.key());
          },
          () -> without.add(service.key()));
      return free;
    });
  }

  /// The Service is gone.
  ///
  /// @return who found none, and can have the one that is free now
  Optional<ObjectKey> release(ObjectKey service) {
    without.remove(service);
    Inet4Address address = addresses.remove(service);
    if (address == null) {
      return Optional.empty();
    }
    taken.remove(address);
    return without.stream().findFirst();
  }

  private Optional<Inet4Address> free(KubernetesObject service) {
    if (taken.size() >= subnet.size()) {
      return Optional.empty();
    }
    long start = Math.floorMod(service.key().hashCode(), subnet.size());
    return Stream.concat(
            wanted(service).filter(subnet::contains).stream(),
            LongStream.range(0, subnet.size())
                .mapToObj(i -> subnet.at((start + i) % subnet.size())))
        .filter(address -> !taken.contains(address))
        .findFirst();
  }

  /// Empty when it has none, or one of IPv6.
  private static Optional<Inet4Address> wanted(KubernetesObject service) {
    try {
      return InetAddress.ofLiteral(service.spec().path("clusterIP").asString(""))
              instanceof Inet4Address address
          ? Optional.of(address)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
