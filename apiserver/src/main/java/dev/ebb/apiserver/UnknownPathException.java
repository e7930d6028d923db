package dev.ebb.apiserver;

/// Nothing is served under a path: no such group, version, kind or part of the server.
///
/// Kubernetes answers this with a line of text, not with a `Status`. Clients tell by it that an API
/// is not installed, which an object that is missing does not mean: `kn` then names the API that it
/// needs.
final class UnknownPathException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  static final String TEXT = "404 page not found\n";

  UnknownPathException() {
    super("nothing is served under this path", null, false, false);
  }
}
