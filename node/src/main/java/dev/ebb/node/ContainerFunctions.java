package dev.ebb.node;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.Workload;
import dev.ebb.images.FunctionImage;
import dev.ebb.node.pods.FunctionImageConfig;
import dev.ebb.node.pods.Functions;
import dev.ebb.node.pods.PackagePreparation;
import dev.ebb.node.sandbox.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Functions from source as what images are to containers: the root is the machine's programs,
/// read-only, and of the rest of the machine there is only what the function needs, where it is
/// outside, so that messages and stack traces are the same with and without a container
/// (docs/decisions/0068). Thread-safe; blocks.
final class ContainerFunctions implements Functions {
  private static final List<Path> PROGRAMS =
      List.of(
          Path.of("/usr"), Path.of("/bin"), Path.of("/sbin"), Path.of("/lib"), Path.of("/lib64"));

  private final FunctionPlanner planner;
  private final List<Mount> users;

  /// @param directory for files that are the same in all containers
  ContainerFunctions(FunctionPlanner planner, Path directory) throws IOException {
    this.planner = planner;
    Path etc = Files.createDirectories(directory);
    int user = FunctionImageConfig.USER;
    users =
        List.of(
            file(
                etc,
                "passwd",
                "root:x:0:0:root:/:/bin/sh\nnonroot:x:%d:%d::%s:/bin/sh\n"
                    .formatted(user, user, FunctionImageConfig.HOME)),
            file(etc, "group", "root:x:0:\nnonroot:x:%d:\n".formatted(user)));
  }

  private static Mount file(Path folder, String name, String text) throws IOException {
    return Mount.readOnly(Files.writeString(folder.resolve(name), text), "/etc/" + name);
  }

  @Override
  public FunctionImageConfig open(Workload workload, Container container, FunctionImage function) {
    var planned = planner.plan(workload, container, function);
    var environment = new HashMap<>(planned.defaults());
    environment.put("HOME", FunctionImageConfig.HOME);
    environment.put("TMPDIR", FunctionImageConfig.HOME + "/tmp");
    return new FunctionImageConfig(
        planned.command(),
        environment,
        planned.contract(),
        mounts(planned),
        planned.runtime().fingerprint(),
        preparation(planned));
  }

  private static Optional<PackagePreparation> preparation(FunctionPlanner.Planned planned) {
    var descriptor = planned.runtime().descriptor();
    if (descriptor.preparePackage().isEmpty()) {
      return Optional.empty();
    }
    Path interpreter = Path.of(planned.runtime().command().getFirst());
    return Optional.of(
        new PackagePreparation(
            descriptor.resolve(interpreter, descriptor.preparePackage()),
            planned.code().root().toAbsolutePath()));
  }

  private List<Mount> mounts(FunctionPlanner.Planned planned) {
    Map<String, Mount> mounts = new LinkedHashMap<>();
    users.forEach(mount -> mounts.put(mount.destination(), mount));
    Path program = Path.of(planned.command().getFirst());
    if (!isProgram(program)) {
      add(mounts, prefix(program));
    }
    for (String word : planned.command().subList(1, planned.command().size())) {
      if (word.startsWith("/") && Files.isRegularFile(Path.of(word)) && !isProgram(Path.of(word))) {
        add(mounts, Path.of(word).resolveSibling(""));
      }
    }
    add(mounts, planned.code().root().toAbsolutePath());
    return List.copyOf(mounts.values());
  }

  private static void add(Map<String, Mount> mounts, Path place) {
    mounts.put(place.toString(), Mount.readOnly(place, place.toString()));
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
