package dev.ebb.server;

import dev.ebb.images.distribution.RegistriesConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options of `ebb up` that say how images are pulled.
final class RegistryOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--registry-mirror",
      paramLabel = "HOST=URL",
      description =
          "Ask URL first for the images of HOST, like docker.io=https://mirror.example.com."
              + " May be given several times.")
  private List<String> mirrors = new ArrayList<>();

  @Option(
      names = "--insecure-registry",
      paramLabel = "HOST[:PORT]",
      description =
          "Trust this registry whatever its certificate is, also without TLS. Loopback always is"
              + " trusted so. May be given several times.")
  private List<String> insecure = new ArrayList<>();

  @Option(
      names = "--registry-ca",
      paramLabel = "FILE",
      description =
          "Trust registries whose certificates come from the authorities in this PEM file too.")
  private @Nullable Path certificates;

  /// @param environment for the proxies
  /// @throws ParameterException saying what is wrong with which option
  RegistriesConfig config(Map<String, String> environment) {
    if (certificates != null && !Files.isReadable(certificates)) {
      throw new ParameterException(
          spec.commandLine(), "--registry-ca: cannot read " + certificates);
    }
    try {
      return RegistriesConfig.of(mirrors, insecure, Optional.ofNullable(certificates), environment);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
