package dev.ebb.apiserver;

/// A part of the URL space that another room answers: `/metrics`, `/ebb/status`.
///
/// @param path itself and everything under it; without a slash at its end
/// @param open answered without authentication
public record PathRoute(String path, boolean open, RequestHandler handler) {
  public PathRoute {
    if (!path.startsWith("/") || path.endsWith("/")) {
      throw new IllegalArgumentException("path must begin and not end with a slash: " + path);
    }
  }

  boolean matches(String requestPath) {
    return requestPath.equals(path) || requestPath.startsWith(path + "/");
  }
}
