package dev.ebb.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32C;

/// Where Ebb keeps its data and its sockets on this machine. Pure: nothing is made here.
public final class DataDirectories {
  private DataDirectories() {}

  /// `$EBB_DATA_DIR`, else `/var/lib/ebb` for root, else `$XDG_DATA_HOME/ebb` or
  /// `~/.local/share/ebb`.
  public static Path defaultDirectory(Map<String, String> environment, String user, Path home) {
    String configured = environment.getOrDefault("EBB_DATA_DIR", "");
    if (!configured.isEmpty()) {
      return Path.of(configured).toAbsolutePath().normalize();
    }
    if (user.equals("root")) {
      return Path.of("/var/lib/ebb");
    }
    String xdg = environment.getOrDefault("XDG_DATA_HOME", "");
    return (xdg.isEmpty() ? home.resolve(".local/share") : Path.of(xdg)).resolve("ebb");
  }

  public static Path defaultDirectory() {
    return defaultDirectory(
        System.getenv(),
        System.getProperty("user.name", ""),
        Path.of(System.getProperty("user.home", "/")));
  }

  /// The directory of the sockets of one data directory. It is short, for a socket's path has 107
  /// bytes (unix(7)): the data directory's name is hashed.
  public static Path runDirectory(
      Path dataDirectory, Map<String, String> environment, String user) {
    CRC32C hash = new CRC32C();
    hash.update(
        dataDirectory.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8));
    String name = "%08x".formatted(hash.getValue());
    String xdg = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (user.equals("root")) {
      return Path.of("/run/ebb", name);
    }
    return xdg.isEmpty() || xdg.length() > 60
        ? Path.of("/tmp/ebb-" + user, name)
        : Path.of(xdg, "ebb", name);
  }

  public static Path runDirectory(Path dataDirectory) {
    return runDirectory(dataDirectory, System.getenv(), System.getProperty("user.name", ""));
  }
}
