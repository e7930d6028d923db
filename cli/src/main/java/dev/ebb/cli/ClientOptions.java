package dev.ebb.cli;

import java.nio.file.Path;
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

  public Path dataDirectory() {
    return dataDirectory == null
        ? DataDirectories.defaultDirectory()
        : dataDirectory.toAbsolutePath().normalize();
  }

  /// @throws CliException when no server runs on the data directory
  public ServerRecord server() {
    Path directory = dataDirectory();
    return ServerRecord.read(directory)
        .filter(ServerRecord::alive)
        .orElseThrow(() ->
            new CliException(
                "no Ebb server runs on %s. Start one with: ebb up".formatted(directory),
                CliException.UNREACHABLE));
  }

  public ApiClient api() {
    return new ApiClient(server().apiSocket());
  }
}
