package dev.ebb.apiserver.proxy;

import dev.ebb.apiserver.Exchange;
import dev.ebb.apiserver.ResponseStream;
import dev.ebb.apiserver.SubresourceRoute;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// `pods/NAME/proxy/PATH` and `services/NAME/proxy/PATH`: any method, streamed both ways.
///
/// Unlike the Kubernetes API server it does not rewrite the links in pages of HTML.
///
/// @see <a
///   href="https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/">Access
///   Services running on clusters</a>
public final class Proxy {
  private static final System.Logger LOGGER = System.getLogger(Proxy.class.getName());
  private static final List<String> VERBS = List.of("create", "delete", "get", "patch", "update");
  private static final String WORD = "/proxy";

  private final String plural;
  private final String kind;
  private final String options;
  private final ProxyTargets targets;

  private Proxy(String plural, String kind, String options, ProxyTargets targets) {
    this.plural = plural;
    this.kind = kind;
    this.options = options;
    this.targets = targets;
  }

  public static SubresourceRoute ofPods(ProxyTargets targets) {
    return new Proxy("pods", "pod", "PodProxyOptions", targets).route();
  }

  public static SubresourceRoute ofServices(ProxyTargets targets) {
    return new Proxy("services", "service", "ServiceProxyOptions", targets).route();
  }

  private SubresourceRoute route() {
    return new SubresourceRoute(
        "",
        "v1",
        plural,
        "proxy",
        Optional.of(new GroupVersionKind("", "v1", options)),
        VERBS,
        this::handle);
  }

  private void handle(ObjectKey key, Exchange exchange) throws IOException {
    ProxyName name = ProxyName.parse(kind, key.name());
    ProxyTarget target = targets.find(new ObjectKey(key.namespace(), name.name()), name.port());
    if (name.scheme().equals("https")) {
      throw unreachable("instances speak plain HTTP, not TLS");
    }
    String path = exchange.path();
    int end = endOfPrefix(path);
    String prefix = path.substring(0, end);
    String rest = path.substring(end);
    String query = exchange.rawQuery().isEmpty() ? "" : "?" + exchange.rawQuery();
    boolean reads = exchange.method().equals("GET") || exchange.method().equals("HEAD");
    if (rest.isEmpty() && reads && exchange.header("Upgrade").isEmpty()) {
      // Relative links in the page would lose the last word of the path.
      exchange.setHeader("Location", List.of(path + "/" + query));
      exchange.respond(301, "", new byte[0]);
      return;
    }
    try (Upstream upstream = connect(target)) {
      new ProxiedRequest(exchange, target, upstream, prefix, rest.isEmpty() ? "/" : rest, query)
          .run();
    }
  }

  /// `/api/v1/namespaces/NAMESPACE/PLURAL/NAME/proxy`, as the client wrote it.
  private static int endOfPrefix(String path) {
    int slash = 0;
    for (int i = 0; i < 6; i++) {
      slash = path.indexOf('/', slash + 1);
    }
    return slash + WORD.length();
  }

  private static Upstream connect(ProxyTarget target) {
    try {
      return new Upstream(target.address());
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "Cannot connect to " + target, e);
      throw unreachable(String.valueOf(e.getMessage()));
    }
  }

  static ApiException unreachable(String why) {
    return unavailable("error trying to reach service: " + why);
  }

  /// 503, as the Kubernetes API server says it.
  ///
  /// @param message in full
  public static ApiException unavailable(String message) {
    return new ApiException(
        new ApiStatus(503, "ServiceUnavailable", message, "", "", "", List.of()));
  }

  /// Copies until the end, each piece at once.
  static void copy(InputStream from, ResponseStream to) throws IOException {
    byte[] buffer = new byte[16 << 10];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      to.write(buffer, 0, count);
    }
  }

  static boolean wantsUpgrade(Map<String, List<String>> headers) {
    return headers.containsKey("upgrade")
        && String.join(",", headers.getOrDefault("connection", List.of()))
            .toLowerCase(Locale.ROOT)
            .contains("upgrade");
  }
}
