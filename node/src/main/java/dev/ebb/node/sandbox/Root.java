package dev.ebb.node.sandbox;

import java.nio.file.Path;
import java.util.List;

/// The file system of a container.
public sealed interface Root {
  /// Layers of an image, and above them what the container writes.
  ///
  /// @param layers unpacked directories, lowest first; their files belong to the ids that the
  ///   container's ids are mapped to. At least one.
  /// @param writable where the container's own changes go
  record Layers(List<Path> layers, Writable writable) implements Root {
    public Layers {
      layers = List.copyOf(layers);
      if (layers.isEmpty()) {
        throw new IllegalArgumentException("an image has at least one layer");
      }
    }
  }

  /// The programs of this machine, read-only: `/usr`, `/bin`, `/lib` and the few files of `/etc`
  /// that programs need.
  record Host() implements Root {}

  /// Where changes of a root go. Both are gone with the container.
  enum Writable {
    /// The disk of the bundle.
    DISK,
    /// Memory, which counts for the container's limit.
    MEMORY
  }
}
