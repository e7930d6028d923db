package dev.ebb.cli;

import dev.ebb.kinds.KubernetesObject;
import java.util.Optional;

/// The functions and services that commands name, and what to say when there is none.
///
/// @param function empty for a plain Service
/// @param service empty while a Function has none yet
record Applications(Optional<KubernetesObject> function, Optional<KubernetesObject> service) {
  /// @throws CliException when there is neither
  static Applications find(ApiClient api, String namespace, String name) {
    Applications found =
        new Applications(
            api.find(ResourcePath.functions(namespace, name)),
            api.find(ResourcePath.services(namespace, name)));
    if (found.function().isEmpty() && found.service().isEmpty()) {
      throw missing(namespace, name);
    }
    return found;
  }

  static CliException missing(String namespace, String name) {
    return new CliException(
        "there is no function or service \"%s\" in namespace %s. See: ebb ls -A"
            .formatted(name, namespace));
  }

  /// The one that the user made.
  KubernetesObject main() {
    return function.or(() -> service).orElseThrow();
  }
}
