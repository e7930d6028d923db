package dev.ebb.server;

import dev.ebb.node.sandbox.OciRuntime;
import dev.ebb.node.sandbox.SandboxReport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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

  /// @return what runs containers; empty when containers are not run
  /// @throws StartupException when containers are demanded and cannot be run, with what is missing
  ///
  /// @param demanded no server without them
  Optional<OciRuntime> choose(boolean demanded, Supplier<SandboxReport> look) {
    if (this == PROCESS) {
      return Optional.empty();
    }
    SandboxReport report = look.get();
    if (!report.containers() && demanded) {
      throw new StartupException("this machine cannot run containers: " + report.missing());
    }
    if (!report.containers()) {
      LOG.log(
          Level.WARNING,
          "instances are plain processes without isolation, and images are not run: {0};"
              + " see ebb doctor",
          report.missing());
    }
    return report.runtime();
  }

  /// What users write.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
