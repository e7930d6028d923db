package dev.ebb.server;

import dev.ebb.node.network.NetworkPool;
import dev.ebb.node.sandbox.LeftContainers;
import dev.ebb.node.volumes.Volumes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// What a server has on the machine beside its data directory: containers with their control
/// groups, networks with their rules, mounts of volumes.
final class ServerRemains {
  private ServerRemains() {}

  /// Removes it. No server may run.
  static void remove(Path dataDirectory, Path runDirectory) {
    try {
      LeftContainers.remove(owner(dataDirectory));
      NetworkPool.removeAll(dataDirectory, runDirectory);
      Volumes.unmountAll(dataDirectory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The command that does it, and removes the directory too.
  static List<String> command(Path dataDirectory) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx64m",
        "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        "reset",
        "--yes",
        "--data-dir",
        dataDirectory.toString());
  }

  /// Names the server's control groups: the same after a restart, and no other server's.
  static String owner(Path dataDirectory) {
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
