package dev.ebb.server;

import dev.ebb.eventing.calls.CallRefusedException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// Where callbacks may go: not to Ebb's own API and metrics, and not to link-local addresses, where
/// clouds keep credentials. OpenFaaS's names for its gateway lead to that of this server.
final class CallbackAddresses {
  private static final Set<String> GATEWAY =
      Set.of("gateway.openfaas", "gateway.openfaas.svc", "gateway.openfaas.svc.cluster.local");

  private final Supplier<Set<Integer>> ownPorts;
  private final IntSupplier gatewayPort;

  /// @param ownPorts of the API and the metrics
  CallbackAddresses(Supplier<Set<Integer>> ownPorts, IntSupplier gatewayPort) {
    this.ownPorts = ownPorts;
    this.gatewayPort = gatewayPort;
  }

  /// @param resolve whether to look its host up; otherwise only addresses and `localhost` are known
  /// @return where it leads
  /// @throws CallRefusedException when nobody may be told there
  URI require(URI url, boolean resolve) {
    String host = url.getHost().toLowerCase(Locale.ROOT);
    if (GATEWAY.contains(host)) {
      String rest = url.getRawSchemeSpecificPart().substring("//".length());
      int path = rest.indexOf('/');
      return URI.create(
          "http://127.0.0.1:%d%s"
              .formatted(gatewayPort.getAsInt(), path < 0 ? "/" : rest.substring(path)));
    }
    boolean literal = host.startsWith("[") || host.matches("[0-9.]+") || host.equals("localhost");
    if (resolve || literal) {
      try {
        for (InetAddress address : InetAddress.getAllByName(host)) {
          require(url, address);
        }
      } catch (UnknownHostException e) {
        if (literal) {
          throw refused("X-Callback-Url has no address: " + host);
        }
        // The name may be known the next time: connecting says so.
      }
    }
    return url;
  }

  private void require(URI url, InetAddress address) {
    int port = url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80;
    if (ownPorts.get().contains(port) && isOwn(address)) {
      throw refused("X-Callback-Url leads to Ebb's own port " + port);
    }
    if (address.isLinkLocalAddress()) {
      throw refused("X-Callback-Url leads to a link-local address");
    }
  }

  private static boolean isOwn(InetAddress address) {
    try {
      return address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return true;
    }
  }

  private static CallRefusedException refused(String message) {
    return new CallRefusedException(CallRefusedException.Reason.INVALID, message);
  }
}
