package dev.ebb.images.registry;

import dev.ebb.images.distribution.ImageReference;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What images of the built-in registry are called: `registry.ebb.dev/REPOSITORY`, whatever address
/// they were pushed to.
public final class RegistryNames {
  /// The host of all of them. No registry answers there: it is a name, not an address.
  public static final String HOST = "registry.ebb.dev";

  private RegistryNames() {}

  /// The reference with [#HOST] for its host where it names this server by one of its addresses.
  ///
  /// @param addresses `localhost:6443`, `127.0.0.1:6443`, `[::1]:6443`
  public static ImageReference normalise(ImageReference reference, Set<String> addresses) {
    return addresses.contains(reference.host())
        ? new ImageReference(HOST, reference.repository(), reference.tag(), reference.digest())
        : reference;
  }

  public static boolean isOurs(ImageReference reference) {
    return reference.host().equals(HOST);
  }

  /// The hosts by which this machine's tools reach a server.
  ///
  /// @param listening the addresses that it listens on, which may be those that mean all
  public static Set<String> addresses(Collection<InetAddress> listening, int port) {
    return Stream.concat(
            Stream.of("localhost", "127.0.0.1", "[::1]"),
            listening.stream().filter(it -> !it.isAnyLocalAddress()).map(RegistryNames::host))
        .map(it -> it + ":" + port)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String host(InetAddress address) {
    return address instanceof Inet6Address
        ? "[" + address.getHostAddress() + "]"
        : address.getHostAddress();
  }
}
