package dev.ebb.node;

import dev.ebb.dataplane.StandardInput;
import dev.ebb.node.sandbox.ContainerSpec;
import dev.ebb.node.sandbox.ContainerUser;
import dev.ebb.node.sandbox.Mount;
import dev.ebb.node.sandbox.Namespaces;
import dev.ebb.node.sandbox.Resources;
import dev.ebb.node.sandbox.Root;
import dev.ebb.node.sandbox.Security;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// The container of a function from source: the machine's programs, read-only, and of the rest of
/// the machine only the function's package, its runtime and its own directories, all where they are
/// outside, so that the environment is the same with and without a container.
final class FunctionSandbox {
  /// What a function runs as: the user that images without root name "nonroot".
  static final int USER = 65_532;

  /// Enough for any runtime, and an end to a program that multiplies.
  private static final int MOST_PROCESSES = 4096;

  private static final List<Path> PROGRAMS =
      List.of(
          Path.of("/usr"), Path.of("/bin"), Path.of("/sbin"), Path.of("/lib"), Path.of("/lib64"));

  private FunctionSandbox() {}

  /// What is made for one instance before its container.
  ///
  /// @param id of the container
  /// @param sockets a directory of its own, shown where all instances' sockets are outside
  /// @param etc has `passwd`, `group` and `hosts`
  record Setup(String id, Path bundle, Path sockets, Path etc, Namespaces namespaces) {}

  static ContainerSpec of(Sandbox.Spec spec, Setup setup, List<Mount> network) {
    return new ContainerSpec(
        setup.id(),
        setup.bundle(),
        new Root.Host(),
        spec.command(),
        spec.environment(),
        spec.directory().toString(),
        new ContainerUser(USER + ":" + USER),
        mounts(spec, setup, network),
        new Security(
            OptionalLong.empty(),
            OptionalLong.empty(),
            true,
            OptionalLong.empty(),
            List.of(),
            true,
            List.of(),
            List.of("ALL"),
            false,
            Security.Seccomp.RUNTIME_DEFAULT),
        new Resources(
            spec.memoryLimit() > 0 ? OptionalLong.of(spec.memoryLimit()) : OptionalLong.empty(),
            spec.cpuMillis(),
            OptionalInt.empty(),
            OptionalInt.of(MOST_PROCESSES)),
        setup.namespaces(),
        spec.directory().getFileName().toString(),
        spec.log(),
        StandardInput.NONE,
        false);
  }

  private static List<Mount> mounts(Sandbox.Spec spec, Setup setup, List<Mount> network) {
    Map<String, Mount> mounts = new LinkedHashMap<>();
    for (String name : List.of("passwd", "group", "hosts")) {
      add(mounts, Mount.readOnly(setup.etc().resolve(name), "/etc/" + name));
    }
    network.forEach(mount -> add(mounts, mount));
    for (Path needed : needed(spec)) {
      add(mounts, Mount.readOnly(needed, needed.toString()));
    }
    add(mounts, Mount.writable(spec.directory(), spec.directory().toString()));
    Path outside = Path.of(spec.environment().get(Environment.SOCKET)).resolveSibling("");
    add(mounts, Mount.writable(setup.sockets(), outside.toString()));
    return List.copyOf(mounts.values());
  }

  private static void add(Map<String, Mount> mounts, Mount mount) {
    mounts.put(mount.destination(), mount);
  }

  /// Files of the machine outside its programs that the command names, and the package.
  private static List<Path> needed(Sandbox.Spec spec) {
    Map<Path, Path> needed = new LinkedHashMap<>();
    Path program = Path.of(spec.command().getFirst());
    if (!isProgram(program)) {
      Path prefix = prefix(program);
      needed.put(prefix, prefix);
    }
    for (String word : spec.command().subList(1, spec.command().size())) {
      if (word.startsWith("/") && Files.isRegularFile(Path.of(word)) && !isProgram(Path.of(word))) {
        Path folder = Path.of(word).resolveSibling("");
        needed.put(folder, folder);
      }
    }
    String code = spec.environment().get("EBB_FUNCTION_DIR");
    if (code != null) {
      needed.put(Path.of(code), Path.of(code));
    }
    return List.copyOf(needed.values());
  }

  /// Of `PREFIX/bin/python3` the whole prefix, which has the libraries.
  private static Path prefix(Path program) {
    Path folder = program.resolveSibling("");
    return folder.endsWith("bin") && folder.getNameCount() > 1 ? folder.resolveSibling("") : folder;
  }

  private static boolean isProgram(Path path) {
    return PROGRAMS.stream().anyMatch(path::startsWith);
  }
}
