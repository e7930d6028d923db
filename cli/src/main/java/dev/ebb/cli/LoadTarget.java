package dev.ebb.cli;

import dev.ebb.cli.load.LoadServer;
import dev.ebb.kinds.KubernetesObject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Where load goes: a URL, or a Service by its name through the gateway.
///
/// @param service what is known of its scaling; empty for a URL that no server on this machine has
record LoadTarget(URI url, Optional<Known> service) {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /// A Service of a server on this machine.
  record Known(ApiClient api, String namespace, String name) {
    List<ScalingState> states() {
      return ScalingState.read(api, namespace, name);
    }
  }

  /// @param word URL or name
  static LoadTarget of(String word, ClientOptions client) {
    if (!word.contains("://")) {
      ServerRecord server = client.server();
      ApiClient api = new ApiClient(server.apiSocket());
      Applications.find(api, client.namespace(), word);
      URI url = URI.create(FunctionUrls.pathForm(server, client.namespace(), word));
      return new LoadTarget(url, Optional.of(new Known(api, client.namespace(), word)));
    }
    URI url = checked(word);
    return new LoadTarget(url, client.running().flatMap(server -> known(url, server)));
  }

  private static URI checked(String word) {
    URI url;
    try {
      url = URI.create(word);
    } catch (IllegalArgumentException e) {
      throw new CliException("'%s' is no URL: %s".formatted(word, e.getMessage()));
    }
    boolean http = "http".equalsIgnoreCase(url.getScheme()) || isEncrypted(url);
    if (!http || url.getHost() == null) {
      throw new CliException(
          "load is put on URLs as http://HOST[:PORT]/PATH or https://, and '%s' is none"
              .formatted(word));
    }
    return url;
  }

  /// Both forms that a Service's URL has.
  private static Optional<Known> known(URI url, ServerRecord server) {
    int own = isEncrypted(url) ? server.httpsPort() : port(URI.create(server.gatewayUrl()));
    if (port(url) != own) {
      return Optional.empty();
    }
    ApiClient api = new ApiClient(server.apiSocket());
    for (KubernetesObject service : api.list(ResourcePath.services("", ""), "")) {
      String path = FunctionUrls.pathForm(server, service.namespace(), service.name());
      boolean byPath = isBelow(url.getPath(), URI.create(path).getPath());
      String host = URI.create(service.status().path("url").asString("")).getHost();
      if (byPath || url.getHost().equalsIgnoreCase(host)) {
        return Optional.of(new Known(api, service.namespace(), service.name()));
      }
    }
    return Optional.empty();
  }

  private static boolean isBelow(String path, String root) {
    return path.equals(root) || path.startsWith(root + "/");
  }

  private static boolean isEncrypted(URI url) {
    return "https".equalsIgnoreCase(url.getScheme());
  }

  /// @param own the authority of a server on this machine
  /// @throws CliException when the host has no address
  LoadServer server(TrustOptions trust, Optional<Path> own) {
    return new LoadServer(
        address(),
        isEncrypted(url)
            ? Optional.of(new LoadServer.Tls(trust.context(own), url.getHost(), !trust.insecure()))
            : Optional.empty());
  }

  private static int port(URI url) {
    return url.getPort() >= 0 ? url.getPort() : isEncrypted(url) ? HTTPS : HTTP;
  }

  private InetSocketAddress address() {
    String host = url.getHost();
    // Not every resolver knows that these are this machine (RFC 6761, section 6.3).
    if (host.equals("localhost") || host.endsWith(".localhost")) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), port(url));
    }
    InetSocketAddress address = new InetSocketAddress(host, port(url));
    if (address.isUnresolved()) {
      throw new CliException("the host " + host + " has no address", CliException.UNREACHABLE);
    }
    return address;
  }

  /// For the header `Host`.
  String authority() {
    return url.getRawAuthority();
  }

  /// Path and query as sent.
  String requestTarget() {
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
  }
}
