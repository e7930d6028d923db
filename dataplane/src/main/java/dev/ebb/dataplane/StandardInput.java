package dev.ebb.dataplane;

/// What a container's first process reads: Kubernetes's `stdin` and `stdinOnce`.
public enum StandardInput {
  /// At its end.
  NONE,
  /// What those write who attach; it never ends.
  OPEN,
  /// The same, until the first of them has done.
  ONCE
}
