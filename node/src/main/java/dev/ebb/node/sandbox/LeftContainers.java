package dev.ebb.node.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Containers of a server that does not run any more.
public final class LeftContainers {
  private LeftContainers() {}

  /// Ends them, with the control groups that the server made. Nothing happens where there are none.
  ///
  /// @param owner of the groups, see [SandboxConfig]
  /// @throws IOException when processes do not end, or this user may not end them
  public static void remove(String owner) throws IOException {
    Optional<Cgroups> found =
        Cgroups.find(owner, Files.readAllLines(Path.of("/proc/self/mountinfo"))).cgroups();
    if (found.isEmpty()) {
      return;
    }
    for (String name : found.get().names()) {
      CrunRuntime.end(name, found.get().named(name));
    }
    found.get().removeParents();
  }
}
