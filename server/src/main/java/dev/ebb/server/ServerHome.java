package dev.ebb.server;

import dev.ebb.cli.CliException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where this program's own files stand: `runtimes/` above all. The launcher says it.
final class ServerHome {
  private ServerHome() {}

  static Path find() {
    String home = System.getProperty("ebb.home", "");
    if (home.isEmpty() || !Files.isDirectory(Path.of(home, "runtimes"))) {
      throw new CliException(
          "the system property ebb.home does not name Ebb's directory (it is \"%s\"). Start Ebb with its launcher ./ebb"
              .formatted(home));
    }
    return Path.of(home);
  }
}
