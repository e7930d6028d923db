package dev.ebb.server;

import dev.ebb.images.containers.ContainerImages;
import dev.ebb.node.ContainerSupport;
import dev.ebb.node.PoolNetwork;
import dev.ebb.node.network.NetworkConfig;
import dev.ebb.node.network.NetworkPool;
import dev.ebb.node.network.NetworkUnavailableException;
import dev.ebb.node.sandbox.CrunRuntime;
import dev.ebb.node.sandbox.SandboxConfig;
import dev.ebb.node.sandbox.SandboxReport;
import dev.ebb.resources.Resources;
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

/// Finds out whether this machine runs containers for this server, and prepares it.
final class ServerContainers {
  private static final Logger LOG = System.getLogger(ServerContainers.class.getName());

  /// A start holds one for a few milliseconds; more than there are cores only wait for each other.
  private static final int LAUNCHERS = Math.max(4, Runtime.getRuntime().availableProcessors());

  private ServerContainers() {}

  /// Empty, with a warning that says what is missing, where only functions can be run.
  ///
  /// @throws StartupException when containers are demanded
  static Optional<ContainerSupport> open(
      Isolation isolation,
      DataDirectory directory,
      ContainerImages images,
      Resources resources,
      OpenParts open) {
    Optional<Path> crun = isolation.choose(SandboxReport::look);
    if (crun.isEmpty()) {
      return Optional.empty();
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
      open.add(new NetworkFeed(resources, network));
      return Optional.of(new ContainerSupport(runtime, images, new PoolNetwork(network)));
    } catch (IOException | NetworkUnavailableException e) {
      if (isolation == Isolation.CONTAINER) {
        throw new StartupException("--isolation=container: " + e.getMessage(), e);
      }
      return without(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<ContainerSupport> without(String why) {
    LOG.log(
        Level.WARNING, "container images are not run here, only functions from source: {0}", why);
    return Optional.empty();
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
