package dev.ebb.node.pods;

import dev.ebb.node.sandbox.Mount;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the configuration of an image is for other containers.
///
/// @param command of the runtime and the container together; its first word is an absolute path
/// @param environment variables that everything else goes before
/// @param contract variables that nothing goes before
/// @param mounts of the machine's files: package, runtime, interpreter; read-only
/// @param fingerprint of the runtime's own files
/// @param preparation empty for a language that has none
public record FunctionImageConfig(
    List<String> command,
    Map<String, String> environment,
    Map<String, String> contract,
    List<Mount> mounts,
    String fingerprint,
    Optional<PackagePreparation> preparation) {
  /// The directory of its own in which a function runs, and can write.
  public static final String HOME = "/home/nonroot";

  /// What a function runs as: the user that images without root name "nonroot".
  public static final int USER = 65_532;

  public FunctionImageConfig {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    contract = Map.copyOf(contract);
    mounts = List.copyOf(mounts);
  }
}
