package dev.ebb.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What `podman login`, `buildah login`, `skopeo login` and `docker login` have written: a JSON
/// document whose `auths` has credentials by registry, and which may name programs that keep them.
///
/// @see <a
///   href="https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md">containers-auth.json(5)</a>
final class RegistryLogins {
  private static final JsonMapper JSON = new JsonMapper();

  private RegistryLogins() {}

  /// The first file that is there, in the order in which podman looks.
  static Optional<Path> find(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "");
    return Stream.of(
            below(environment, "REGISTRY_AUTH_FILE", ""),
            below(environment, "XDG_RUNTIME_DIR", "containers/auth.json"),
            below(environment, "XDG_CONFIG_HOME", "containers/auth.json"),
            home.isEmpty() ? "" : home + "/.config/containers/auth.json",
            below(environment, "DOCKER_CONFIG", "config.json"),
            home.isEmpty() ? "" : home + "/.docker/config.json")
        .filter(text -> !text.isEmpty())
        .map(Path::of)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /// The credentials of a file, `{"auths": ...}`, without entries that say none, and with what the
  /// credential helper says that the file names for an image's registry.
  ///
  /// @param image as in a manifest
  /// @throws CliException when the file cannot be read, or the helper fails
  static ObjectNode read(Path file, String image, Map<String, String> environment) {
    JsonNode json;
    try {
      json = JSON.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw FileErrors.cannotRead(file.toString(), e);
    } catch (JacksonException e) {
      throw new CliException(file + " is not JSON"); // The message could quote a password.
    }
    ObjectNode credentials = JSON.createObjectNode();
    ObjectNode auths = credentials.putObject("auths");
    for (Map.Entry<String, JsonNode> auth : json.path("auths").properties()) {
      boolean said =
          List.of("auth", "username", "identitytoken").stream()
              .anyMatch(key -> !auth.getValue().path(key).asString("").isEmpty());
      if (said) {
        auths.set(auth.getKey(), auth.getValue());
      }
    }
    RegistryHelpers.ask(json, image, environment)
        .ifPresent(found -> auths.set(found.server(), found.login()));
    return credentials;
  }

  private static String below(Map<String, String> environment, String variable, String name) {
    String directory = environment.getOrDefault(variable, "");
    return directory.isEmpty() || name.isEmpty() ? directory : directory + "/" + name;
  }
}
