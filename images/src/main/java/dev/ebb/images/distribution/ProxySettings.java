package dev.ebb.images.distribution;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Through which proxies registries are reached, by the environment variables `HTTP_PROXY`,
/// `HTTPS_PROXY` and `NO_PROXY` (also in lower case), as Go programs read them: a name in
/// `NO_PROXY` is for the host and those below it, one that begins with a dot for those below it
/// only, `*` for all; `HOST:PORT` is for that port. Loopback is never reached through a proxy.
///
/// @param http for `http:` URLs
/// @param https for `https:` URLs
public record ProxySettings(Optional<URI> http, Optional<URI> https, List<String> direct) {
  public static final ProxySettings NONE =
      new ProxySettings(Optional.empty(), Optional.empty(), List.of());

  public ProxySettings {
    direct = List.copyOf(direct);
  }

  /// @throws IllegalArgumentException naming the variable whose value is no proxy's URL
  public static ProxySettings of(Map<String, String> environment) {
    var direct =
        Arrays.stream(value(environment, "NO_PROXY").split(","))
            .map(it -> it.strip().toLowerCase(Locale.ROOT))
            .filter(it -> !it.isEmpty())
            .toList();
    return new ProxySettings(
        proxy(environment, "HTTP_PROXY"), proxy(environment, "HTTPS_PROXY"), direct);
  }

  /// The proxy for that URL; empty for a direct connection.
  Optional<URI> proxyFor(URI url) {
    var host = url.getHost();
    if (host == null || Hosts.isLoopback(host)) {
      return Optional.empty();
    }
    boolean https = "https".equals(url.getScheme());
    int port = url.getPort() >= 0 ? url.getPort() : https ? 443 : 80;
    boolean isDirect = direct.stream().anyMatch(it -> matches(it, host, port));
    return isDirect ? Optional.empty() : https ? this.https : http;
  }

  ProxySelector selector() {
    return new ProxySelector() {
      @Override
      public List<Proxy> select(URI url) {
        return List.of(proxyFor(url).map(ProxySettings::toProxy).orElse(Proxy.NO_PROXY));
      }

      @Override
      public void connectFailed(URI url, SocketAddress address, IOException failure) {
        // The request fails with the same.
      }
    };
  }

  private static Proxy toProxy(URI proxy) {
    return new Proxy(
        Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), proxy.getPort()));
  }

  private static boolean matches(String rule, String host, int port) {
    int colon = rule.lastIndexOf(':');
    if (colon > 0 && rule.indexOf(':') == colon) {
      return rule.substring(colon + 1).equals(String.valueOf(port))
          && matches(rule.substring(0, colon), host, port);
    }
    var name = host.toLowerCase(Locale.ROOT);
    var suffix = rule.startsWith("*.") ? rule.substring(1) : rule;
    return rule.equals("*")
        || name.equals(suffix)
        || name.endsWith(suffix.startsWith(".") ? suffix : "." + suffix);
  }

  private static Optional<URI> proxy(Map<String, String> environment, String variable) {
    var value = value(environment, variable);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    try {
      var url = URI.create(value.contains("://") ? value : "http://" + value);
      if (url.getHost() == null || !"http".equals(url.getScheme()) || url.getUserInfo() != null) {
        throw new IllegalArgumentException();
      }
      int port = url.getPort() >= 0 ? url.getPort() : 80;
      return Optional.of(URI.create("http://" + url.getHost() + ":" + port));
    } catch (IllegalArgumentException e) {
      // Not the value: it may hold a password.
      throw new IllegalArgumentException(
          variable + " is not http://HOST:PORT of a proxy; names and passwords are not supported");
    }
  }

  private static String value(Map<String, String> environment, String variable) {
    var upper = environment.getOrDefault(variable, "").strip();
    return upper.isEmpty()
        ? environment.getOrDefault(variable.toLowerCase(Locale.ROOT), "").strip()
        : upper;
  }
}
