package dev.ebb.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Which languages this server has, from `runtimes/NAME/runtime.json`, and the file that each loads
/// when a Function names none.
final class RuntimeEntrypoints {
  private RuntimeEntrypoints() {}

  /// @throws StartupException when a descriptor cannot be read
  static Map<String, String> read(Path home) {
    Map<String, String> entrypoints = new TreeMap<>();
    try (Stream<Path> directories = Files.list(home.resolve("runtimes"))) {
      for (Path directory : directories.toList()) {
        Path descriptor = directory.resolve("runtime.json");
        if (Files.isRegularFile(descriptor)) {
          JsonNode json = new JsonMapper().readTree(Files.readAllBytes(descriptor));
          entrypoints.put(json.path("name").asString(), json.path("defaultEntrypoint").asString());
        }
      }
    } catch (IOException e) {
      throw new StartupException("cannot read the runtimes of " + home + ": " + e, e);
    }
    return entrypoints;
  }
}
