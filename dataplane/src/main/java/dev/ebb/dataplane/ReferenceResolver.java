package dev.ebb.dataplane;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads what environment variables refer to. Called at each start of an instance, from any thread.
public interface ReferenceResolver {
  /// Decoded values; empty when there is no such Secret.
  Optional<Map<String, byte[]>> secret(String namespace, String name);

  Optional<Map<String, String>> configMap(String namespace, String name);

  /// Why the ServiceAccount's Pods may not run a function of another namespace, for the user; empty
  /// when they may.
  ///
  /// @param owner namespace of the function
  /// @param function its name
  default Optional<String> refusal(
      String namespace, String serviceAccount, String owner, String function) {
    return Optional.empty();
  }

  /// Whether there is such a ServiceAccount.
  default boolean hasAccount(String namespace, String serviceAccount) {
    return true;
  }

  /// Names of the Secrets that the ServiceAccount gives its Pods to pull images with.
  default List<String> pullSecrets(String namespace, String serviceAccount) {
    return List.of();
  }
}
