package dev.ebb.cli;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which program keeps the credentials for an image's registry, as a file of logins says:
/// `credHelpers` by registry, `credsStore` for all others. Only the one for the image is asked.
final class RegistryHelpers {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// Docker Hub has many names; this one `docker login` uses.
  private static final String HUB = "https://index.docker.io/v1/";

  private static final List<String> HUBS =
      List.of(HUB, "index.docker.io", "docker.io", "registry-1.docker.io");

  private RegistryHelpers() {}

  /// @param login from the helper, for the entry `server` of `auths`
  record Found(String server, ObjectNode login) {}

  /// @param file of logins
  /// @param image as in a manifest
  /// @throws CliException when the helper fails
  static Optional<Found> ask(JsonNode file, String image, Map<String, String> environment) {
    String registry = registry(image);
    List<String> names = HUBS.contains(registry) ? HUBS : List.of(registry);
    String helper =
        names.stream()
            .map(name -> file.path("credHelpers").path(name).asString(""))
            .filter(name -> !name.isEmpty())
            .findFirst()
            .orElseGet(() -> file.path("credsStore").asString(""));
    if (helper.isEmpty()) {
      return Optional.empty();
    }
    String path = environment.getOrDefault("PATH", "");
    return new CredentialHelper(helper, path, LIMIT)
        .get(names.getFirst())
        .map(login -> new Found(names.getFirst(), login));
  }

  /// The first part of a name that looks like a machine, as Docker decides it.
  private static String registry(String image) {
    int slash = image.indexOf('/');
    String first = slash < 0 ? "" : image.substring(0, slash);
    boolean machine = first.contains(".") || first.contains(":") || first.equals("localhost");
    return machine ? first : "docker.io";
  }
}
