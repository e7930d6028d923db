package dev.ebb.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of every command that talks to a server.
public final class ClientOptions {
  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "The server's data directory; finds the server (default: EBB_DATA_DIR, else per user).")
  private @Nullable Path dataDirectory;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      defaultValue = "default",
      description = "The namespace (default: default).")
  private String namespace = "default";

  public String namespace() {
    return namespace;
  }

  /// What a command of the same namespace has after its other words; empty for `default`.
  String namespaceOption() {
    return namespace.equals("default") ? "" : " -n " + namespace;
  }

  public Path dataDirectory() {
    return dataDirectory == null
        ? DataDirectories.defaultDirectory()
        : dataDirectory.toAbsolutePath().normalize();
  }

  /// @throws CliException when no server runs on the data directory
  public ServerRecord server() {
    return running().orElseThrow(() -> new CliException(noServer(), CliException.UNREACHABLE));
  }

  Optional<ServerRecord> running() {
    return ServerRecord.read(dataDirectory()).filter(ServerRecord::alive);
  }

  /// Says that none runs and how to start one. A server that ends in order takes its record away.
  String noServer() {
    String start = dataDirectory == null ? "ebb up" : "ebb up --data-dir " + dataDirectory();
    return ServerRecord.read(dataDirectory())
        .map(killed ->
            "no Ebb server runs on %s: process %d ended without stopping. Start one, and it finds the instances that are left: %s"
                .formatted(dataDirectory(), killed.pid(), start))
        .orElseGet(
            () -> "no Ebb server runs on %s. Start one with: %s".formatted(dataDirectory(), start));
  }

  public ApiClient api() {
    return new ApiClient(server().apiSocket());
  }
}
