package dev.ebb.dataplane;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What one instance runs.
///
/// @param image `function.ebb.dev/NAMESPACE/NAME@sha256:DIGEST` is a function package; others need
///   a container runtime
/// @param command replaces the image's entry point when not empty
/// @param port where the program listens, for `PORT`; 0 for the default 8080
/// @param memoryBytes the limit; empty for the node's default
/// @param cpuMillis thousandths of a core
public record Container(
    String name,
    String image,
    List<String> command,
    List<String> args,
    String workingDirectory,
    List<EnvironmentVariable> environment,
    int port,
    OptionalLong memoryBytes,
    OptionalInt cpuMillis) {
  public Container {
    command = List.copyOf(command);
    args = List.copyOf(args);
    environment = List.copyOf(environment);
  }
}
