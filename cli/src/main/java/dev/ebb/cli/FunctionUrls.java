package dev.ebb.cli;

/// URLs that work in every client.
final class FunctionUrls {
  private FunctionUrls() {}

  /// `*.localhost` does not resolve in every C library; this form needs no name to resolve.
  static String pathForm(ServerRecord server, String namespace, String name) {
    return server.gatewayUrl()
        + "/function/"
        + name
        + (namespace.equals("default") ? "" : "." + namespace);
  }
}
