package dev.ebb.node.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The machine's control groups, as they are mounted: hierarchies of the first version for single
/// controllers, the unified one, or both with the controllers in the first ("hybrid"). Groups of
/// one owner are below `/OWNER` of each. Thread-safe.
///
/// @param controllers of the first version: where the owner's groups of each are; empty when the
///   unified hierarchy has the controllers
/// @param unified where the owner's groups are; empty when the controllers are in the first version
/// @param cover mounts that crun 1.8 must not see: it refuses to run where both versions are
/// @param others the owner's groups in hierarchies of the first version that Ebb does not use,
///   where a runtime may make groups of a container's name
record Cgroups(
    Mode mode,
    Map<String, Path> controllers,
    Optional<Path> unified,
    List<Path> cover,
    List<Path> others) {
  enum Mode {
    V1,
    HYBRID,
    V2
  }

  /// @param missing names of controllers that there are not
  record Found(Optional<Cgroups> cgroups, List<String> missing) {}

  /// @param mounts `/proc/self/mountinfo` (proc(5))
  static Found find(String owner, List<String> mounts) {
    Map<String, Path> first = new LinkedHashMap<>();
    Optional<Path> second = Optional.empty();
    TreeSet<Path> all = new TreeSet<>();
    for (String line : mounts) {
      int dash = line.indexOf(" - ");
      if (dash < 0) {
        continue;
      }
      Path target = Path.of(line.split(" ")[4]);
      String[] behind = line.substring(dash + 3).split(" ");
      if (behind[0].equals("cgroup2")) {
        second = Optional.of(target);
      } else if (behind[0].equals("cgroup")) {
        all.add(target.resolve(owner));
        for (String option : behind[2].split(",")) {
          if (CgroupV1.CONTROLLERS.contains(option)) {
            first.putIfAbsent(option, target.resolve(owner));
          }
        }
      }
    }
    if (first.isEmpty() && second.isPresent()) {
      return unified(owner, second.get());
    }
    TreeSet<String> missing = new TreeSet<>(CgroupV1.CONTROLLERS);
    missing.removeAll(first.keySet());
    if (!missing.isEmpty()) {
      return new Found(Optional.empty(), List.copyOf(missing));
    }
    all.removeAll(first.values());
    return new Found(
        Optional.of(
            new Cgroups(
                second.isPresent() ? Mode.HYBRID : Mode.V1,
                first,
                Optional.empty(),
                second.stream().toList(),
                List.copyOf(all))),
        List.of());
  }

  private static Found unified(String owner, Path root) {
    TreeSet<String> missing = new TreeSet<>(List.of("memory", "cpu", "pids"));
    try {
      List.of(Files.readString(root.resolve("cgroup.controllers")).strip().split(" "))
          .forEach(missing::remove);
    } catch (IOException e) {
      return new Found(Optional.empty(), List.copyOf(missing));
    }
    return missing.isEmpty()
        ? new Found(
            Optional.of(
                new Cgroups(
                    Mode.V2, Map.of(), Optional.of(root.resolve(owner)), List.of(), List.of())),
            List.of())
        : new Found(Optional.empty(), List.copyOf(missing));
  }

  /// Makes the owner's groups.
  void prepare() throws IOException {
    for (Path parent : parents()) {
      Files.createDirectories(parent);
    }
    if (unified.isPresent()) {
      for (Path group : List.of(unified.get().getParent(), unified.get())) {
        CgroupFiles.write(group.resolve("cgroup.subtree_control"), "+memory +cpu +pids");
      }
    }
  }

  Cgroup create(String name) throws IOException {
    return unified.isPresent()
        ? CgroupV2.create(name, unified.get())
        : CgroupV1.create(name, controllers, others);
  }

  /// One that may exist.
  Cgroup named(String name) {
    return unified.isPresent()
        ? new CgroupV2(name, unified.get().resolve(name))
        : CgroupV1.named(name, controllers, others);
  }

  /// Names of all groups of the owner.
  List<String> names() {
    TreeSet<String> names = new TreeSet<>();
    for (Path parent : everywhere()) {
      if (!Files.isDirectory(parent)) {
        continue;
      }
      try (var groups = Files.newDirectoryStream(parent, Files::isDirectory)) {
        groups.forEach(group -> names.add(group.getFileName().toString()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return List.copyOf(names);
  }

  /// Where there may be groups of the owner.
  private List<Path> everywhere() {
    return Stream.concat(parents().stream(), others.stream()).toList();
  }

  /// Removes the owner's own groups. Those of containers must be gone.
  ///
  /// @throws IOException when there are some
  void removeParents() throws IOException {
    for (Path parent : everywhere()) {
      Files.deleteIfExists(parent);
    }
  }

  /// As the runtime is told (`cgroupsPath`): below the root of each hierarchy.
  String path(Cgroup cgroup) {
    return "/" + parents().getFirst().getFileName() + "/" + cgroup.name();
  }

  /// The owner's own groups, one in each hierarchy that is used.
  List<Path> parents() {
    return unified.isPresent()
        ? List.of(unified.get())
        : controllers.values().stream().distinct().toList();
  }
}
