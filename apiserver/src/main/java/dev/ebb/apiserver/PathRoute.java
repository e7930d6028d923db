package dev.ebb.apiserver;

import java.util.Optional;

/// A part of the URL space that another room answers: `/metrics`, `/ebb/status`.
///
/// @param path itself and everything under it; without a slash at its end
/// @param open answered without authentication
/// @param foreign present for what is not Kubernetes' protocol
public record PathRoute(
    String path, boolean open, RequestHandler handler, Optional<ForeignProtocol> foreign) {
  public PathRoute {
    if (!path.startsWith("/") || path.endsWith("/")) {
      throw new IllegalArgumentException("path must begin and not end with a slash: " + path);
    }
  }

  public PathRoute(String path, boolean open, RequestHandler handler) {
    this(path, open, handler, Optional.empty());
  }

  public PathRoute(String path, ForeignProtocol protocol) {
    this(path, false, protocol, Optional.of(protocol));
  }

  boolean matches(String requestPath) {
    return requestPath.equals(path) || requestPath.startsWith(path + "/");
  }
}
