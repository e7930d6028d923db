package dev.ebb.server;

import dev.ebb.images.containers.ContainerImages;
import dev.ebb.node.ContainerSupport;
import dev.ebb.node.PoolNetwork;
import dev.ebb.node.network.NetworkConfig;
import dev.ebb.node.network.NetworkPool;
import dev.ebb.node.network.NetworkUnavailableException;
import dev.ebb.node.sandbox.CrunRuntime;
import dev.ebb.node.sandbox.SandboxConfig;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds out whether this machine runs containers for this server, and prepares it.
final class ServerContainers {
  private static final Logger LOG = System.getLogger(ServerContainers.class.getName());

  /// A start holds one for a few milliseconds; more than there are cores only wait for each other.
  private static final int LAUNCHERS = Math.max(4, Runtime.getRuntime().availableProcessors());

  private ServerContainers() {}

  /// Empty, with a warning that says what is missing, where only functions can be run.
  static Optional<ContainerSupport> open(
      DataDirectory directory, ContainerImages images, OpenParts open) {
    if (!"root".equals(System.getProperty("user.name"))) {
      return without("the server is not root");
    }
    Optional<Path> crun = program("crun");
    if (crun.isEmpty()) {
      return without("there is no crun on the PATH (Debian: apt-get install crun)");
    }
    try {
      CrunRuntime runtime =
          CrunRuntime.open(
              new SandboxConfig(
                  crun.get(),
                  owner(directory.root()),
                  Files.createDirectories(directory.resolve("containers").resolve("state")),
                  directory.resolve("containers").resolve("crun"),
                  LAUNCHERS));
      open.add(runtime);
      NetworkPool network =
          open.add(
              NetworkPool.open(NetworkConfig.defaults(directory.root(), directory.runDirectory())));
      return Optional.of(new ContainerSupport(runtime, images, new PoolNetwork(network)));
    } catch (IOException | NetworkUnavailableException e) {
      return without(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<ContainerSupport> without(String why) {
    LOG.log(
        Level.WARNING, "container images are not run here, only functions from source: {0}", why);
    return Optional.empty();
  }

  private static Optional<Path> program(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(Stream.of(path.split(":")), Stream.of("/usr/bin", "/usr/sbin"))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// Names the server's control groups: the same after a restart, and no other server's.
  private static String owner(Path dataDirectory) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(
                  dataDirectory
                      .toAbsolutePath()
                      .normalize()
                      .toString()
                      .getBytes(StandardCharsets.UTF_8));
      return "ebb-" + HexFormat.of().formatHex(digest).substring(0, 10);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
