package dev.ebb.node.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// A launcher's stay in namespaces that a container is to share, for a runtime that cannot join
/// them: runc enters the container's user namespace first, in which it has no right to enter one
/// that belongs to the machine, or to another container. A child is born into the namespaces of the
/// thread that makes it. For the thread that made it; closing it brings the thread home.
final class Visit implements AutoCloseable {
  private static final Map<String, Integer> KINDS =
      Map.of(
          "net", SystemCalls.CLONE_NEWNET,
          "ipc", SystemCalls.CLONE_NEWIPC,
          "uts", SystemCalls.CLONE_NEWUTS);

  private final Map<String, Path> places;

  private Visit(Map<String, Path> places) throws IOException {
    this.places = places;
    for (var place : places.entrySet()) {
      SystemCalls.enter(place.getValue(), kind(place.getKey()));
    }
  }

  private static int kind(String name) {
    Integer kind = KINDS.get(name);
    if (kind == null) {
      throw new IllegalArgumentException(name);
    }
    return kind;
  }

  /// Those that a new container is told to share.
  static Visit of(OciRuntime runtime, Namespaces namespaces) throws IOException {
    Map<String, Path> places = new LinkedHashMap<>();
    if (!runtime.joins()) {
      namespaces.network().ifPresent(it -> places.put("net", it));
      namespaces
          .sandbox()
          .ifPresent(pid -> {
            places.put("ipc", Path.of("/proc/" + pid + "/ns/ipc"));
            places.put("uts", Path.of("/proc/" + pid + "/ns/uts"));
          });
    }
    return new Visit(places);
  }

  /// Those of a container that runs.
  ///
  /// @param pid of its first process
  static Visit of(OciRuntime runtime, long pid) throws IOException {
    Map<String, Path> places = new LinkedHashMap<>();
    if (!runtime.joins()) {
      KINDS.keySet().forEach(it -> places.put(it, Path.of("/proc/" + pid + "/ns/" + it)));
    }
    return new Visit(places);
  }

  @Override
  public void close() throws IOException {
    for (String name : places.keySet()) {
      // Of the process's first thread, which is always at home.
      SystemCalls.enter(Path.of("/proc/self/ns/" + name), kind(name));
    }
  }
}
