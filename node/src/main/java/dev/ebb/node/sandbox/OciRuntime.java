package dev.ebb.node.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A program that runs OCI bundles (runtime.md of the OCI runtime specification).
///
/// @param program its absolute path
/// @param version what it tells of itself, such as `crun version 1.8.1`
public record OciRuntime(Kind kind, Path program, String version) {
  public enum Kind {
    /// Takes the control groups that its process is in (`--cgroup-manager=disabled`).
    CRUN,
    /// Has no such switch: it is told which groups are ready, and joins them itself. It makes more
    /// of that name, in hierarchies that Ebb does not use.
    RUNC
  }

  /// Empty when the program is none that is known.
  ///
  /// @param version first line of what it tells
  static Optional<OciRuntime> of(Path program, String version) {
    for (Kind kind : Kind.values()) {
      if (version.startsWith(kind.name().toLowerCase(Locale.ROOT) + " ")) {
        return Optional.of(new OciRuntime(kind, program, version));
      }
    }
    return Optional.empty();
  }

  public static OciRuntime crun(Path program) {
    return new OciRuntime(Kind.CRUN, program, "crun");
  }

  public static OciRuntime runc(Path program) {
    return new OciRuntime(Kind.RUNC, program, "runc");
  }

  /// Whether a container is in the groups of the thread that bears it.
  boolean inherits() {
    return kind == Kind.CRUN;
  }

  /// Whether it joins namespaces that it is told of; else the thread must be in them ([Visit]).
  boolean joins() {
    return kind == Kind.CRUN;
  }

  /// Whether a source with mounts in it is bound with them. runc binds in the container's user
  /// namespace, where the kernel does not let it do without; crun leaves them behind.
  boolean bindsTrees() {
    return kind == Kind.RUNC;
  }

  /// Whether what is created waits for one byte in its pipe. In runc it is the waiting process that
  /// writes.
  boolean waitsForByte() {
    return kind == Kind.CRUN;
  }

  List<String> options() {
    return kind == Kind.CRUN ? List.of("--cgroup-manager=disabled") : List.of();
  }

  @Override
  public String toString() {
    return version + ", " + program;
  }
}
