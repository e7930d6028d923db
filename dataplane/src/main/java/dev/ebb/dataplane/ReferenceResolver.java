package dev.ebb.dataplane;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads what environment variables refer to. Called at each start of an instance, from any thread.
public interface ReferenceResolver {
  /// Decoded values; empty when there is no such Secret.
  Optional<Map<String, byte[]>> secret(String namespace, String name);

  Optional<Map<String, String>> configMap(String namespace, String name);

  /// Names of the Secrets that the ServiceAccount gives its Pods to pull images with.
  default List<String> pullSecrets(String namespace, String serviceAccount) {
    return List.of();
  }
}
