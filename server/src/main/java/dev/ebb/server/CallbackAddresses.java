package dev.ebb.server;

import dev.ebb.eventing.calls.CallRefusedException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Where callbacks may go: not to Ebb's own API and metrics, and not to link-local addresses, where
/// clouds keep credentials. OpenFaaS's names for its gateway lead to that of this server.
final class CallbackAddresses {
  private static final Set<String> GATEWAY =
      Set.of("gateway.openfaas", "gateway.openfaas.svc", "gateway.openfaas.svc.cluster.local");

  private static final Pattern LITERAL = Pattern.compile("[0-9.]+|localhost");
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  private final Supplier<Set<Integer>> ownPorts;
  private final IntSupplier gatewayPort;
  private final Names names;

  /// Looks hosts up.
  @FunctionalInterface
  interface Names {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  /// @param ownPorts of the API and the metrics
  CallbackAddresses(Supplier<Set<Integer>> ownPorts, IntSupplier gatewayPort, Names names) {
    this.ownPorts = ownPorts;
    this.gatewayPort = gatewayPort;
    this.names = names;
  }

  /// Where a callback is made.
  ///
  /// @param url with its host
  /// @param addresses of the host, all of which were checked: who connects to one of them cannot be
  ///   led elsewhere by a name that has another address the next time it is looked up
  record Place(URI url, List<InetAddress> addresses) {
    boolean isSecure() {
      return "https".equalsIgnoreCase(url.getScheme());
    }

    int port() {
      return url.getPort() >= 0 ? url.getPort() : isSecure() ? HTTPS : HTTP;
    }
  }

  /// Checks what can be known without looking up a name: addresses and `localhost`.
  ///
  /// @throws CallRefusedException when nobody may be told there
  void require(URI url) {
    String host = host(url);
    if (!host.startsWith("[") && !LITERAL.matcher(host).matches()) {
      return;
    }
    try {
      resolve(url);
    } catch (UnknownHostException e) {
      throw refused("X-Callback-Url has no address: " + host);
    }
  }

  /// Looks its host up, once.
  ///
  /// @throws CallRefusedException when nobody may be told there
  /// @throws UnknownHostException when the name has no address now
  Place resolve(URI url) throws UnknownHostException {
    String host = host(url);
    if (GATEWAY.contains(host)) {
      String rest = url.getRawSchemeSpecificPart().substring("//".length());
      int path = rest.indexOf('/');
      return new Place(
          URI.create(
              "http://127.0.0.1:%d%s"
                  .formatted(gatewayPort.getAsInt(), path < 0 ? "/" : rest.substring(path))),
          List.of(InetAddress.ofLiteral("127.0.0.1")));
    }
    Place place = new Place(url, List.of(names.addresses(host)));
    place.addresses().forEach(address -> require(place, address));
    return place;
  }

  private static String host(URI url) {
    return url.getHost().toLowerCase(Locale.ROOT);
  }

  private void require(Place place, InetAddress address) {
    if (ownPorts.get().contains(place.port()) && isOwn(address)) {
      throw refused("X-Callback-Url leads to Ebb's own port " + place.port());
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
