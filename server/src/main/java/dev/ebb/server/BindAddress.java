package dev.ebb.server;

import dev.ebb.apiserver.ApiServerConfig;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/// `--bind`: where besides loopback the gateway and the API listen.
final class BindAddress {
  private BindAddress() {}

  /// Loopback alone for an empty text. Loopback is always among them, for the commands of this
  /// machine; the address that was asked for comes first, as it must work.
  ///
  /// @throws StartupException when it is no address
  static List<InetAddress> parse(String text) {
    if (text.isEmpty()) {
      return ApiServerConfig.loopback();
    }
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new StartupException(
          "--bind %s is no IP address; 0.0.0.0 and :: are all of this machine".formatted(text), e);
    }
    if (address.isAnyLocalAddress()) {
      return List.of(address); // It contains loopback, and excludes it.
    }
    List<InetAddress> addresses = new ArrayList<>(List.of(address));
    for (InetAddress loopback : ApiServerConfig.loopback()) {
      if (!loopback.equals(address)) {
        addresses.add(loopback);
      }
    }
    return List.copyOf(addresses);
  }
}
