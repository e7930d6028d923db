package dev.ebb.server;

import dev.ebb.node.sandbox.SandboxReport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/// What keeps instances apart: `--isolation`.
enum Isolation {
  /// Containers where the machine can run them, else processes.
  AUTO,
  /// Containers, or no server.
  CONTAINER,
  /// Functions as plain processes; no images.
  PROCESS;

  private static final Logger LOG = System.getLogger(Isolation.class.getName());

  /// @return crun's path; empty when containers are not run
  /// @throws StartupException when containers are demanded and cannot be run, with what is missing
  Optional<Path> choose(Supplier<SandboxReport> look) {
    if (this == PROCESS) {
      return Optional.empty();
    }
    SandboxReport report = look.get();
    if (!report.containers() && this == CONTAINER) {
      throw new StartupException(
          "--isolation=container: this machine cannot run containers: " + report.missing());
    }
    if (!report.containers()) {
      LOG.log(
          Level.WARNING,
          "instances are plain processes without isolation, and images are not run: {0};"
              + " see ebb doctor",
          report.missing());
    }
    return report.crun();
  }

  /// What users write.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
