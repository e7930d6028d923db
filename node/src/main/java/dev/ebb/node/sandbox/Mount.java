package dev.ebb.node.sandbox;

import java.nio.file.Path;
import java.util.OptionalLong;

/// Something of the outside in a container's file system. `nosuid` and `nodev` always hold.
///
/// @param destination absolute, in the container; made when it is missing. Links in the image
///   cannot lead it out of the root.
public record Mount(Source source, String destination, boolean readOnly) {
  public sealed interface Source {}

  /// A file or directory of this machine. A directory comes without what is mounted below it.
  ///
  /// @param exact the path has no links and must have none when it is mounted: for paths in which
  ///   others than the server can write
  public record Bind(Path path, boolean exact) implements Source {
    public Bind(Path path) {
      this(path, false);
    }
  }

  /// A new file system in memory, which counts for the container's limit.
  ///
  /// @param bytes its size; empty for half of the machine's memory
  public record Memory(OptionalLong bytes, int mode) implements Source {}

  public Mount {
    if (!destination.startsWith("/") || destination.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not absolute: " + destination);
    }
  }

  public static Mount readOnly(Path source, String destination) {
    return new Mount(new Bind(source), destination, true);
  }

  public static Mount writable(Path source, String destination) {
    return new Mount(new Bind(source), destination, false);
  }
}
