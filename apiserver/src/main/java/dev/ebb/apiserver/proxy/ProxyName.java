package dev.ebb.apiserver.proxy;

import dev.ebb.resources.ApiException;
import java.util.Set;

/// What stands for the name in a path of the sub-resource `proxy`: `NAME`, `NAME:PORT` or
/// `SCHEME:NAME:PORT`, where the port may be empty.
///
/// @param scheme empty, `http` or `https`
/// @see <a
///   href="https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/#manually-constructing-apiserver-proxy-urls">Proxy
///   URLs</a>
record ProxyName(String scheme, String name, String port) {
  private static final Set<String> SCHEMES = Set.of("http", "https");

  /// @param kind for the message: `pod` or `service`
  /// @throws ApiException 400
  static ProxyName parse(String kind, String text) {
    String[] parts = text.split(":", -1);
    ProxyName name =
        switch (parts.length) {
          case 1 -> new ProxyName("", parts[0], "");
          case 2 -> new ProxyName("", parts[0], parts[1]);
          case 3 -> new ProxyName(parts[0], parts[1], parts[2]);
          default -> throw invalid(kind, text);
        };
    if (name.name().isEmpty() || (parts.length == 3 && !SCHEMES.contains(name.scheme()))) {
      throw invalid(kind, text);
    }
    return name;
  }

  private static ApiException invalid(String kind, String text) {
    return ApiException.badRequest("invalid %s request \"%s\"".formatted(kind, text));
  }
}
