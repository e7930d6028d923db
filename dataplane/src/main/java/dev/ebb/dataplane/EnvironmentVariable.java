package dev.ebb.dataplane;

/// One variable, or several, of a container's environment; references are resolved at each start.
public sealed interface EnvironmentVariable {
  record Value(String name, String value) implements EnvironmentVariable {}

  record SecretKey(String name, String secret, String key, boolean optional)
      implements EnvironmentVariable {}

  record ConfigMapKey(String name, String configMap, String key, boolean optional)
      implements EnvironmentVariable {}

  /// A field of the Pod: `metadata.name`, `metadata.namespace`, `status.podIP`, ...
  record PodField(String name, String fieldPath) implements EnvironmentVariable {}

  /// A limit or request of a container: `limits.memory`, `requests.cpu`, ...
  ///
  /// @param container empty for the one whose variable it is
  /// @param divisor a Quantity; empty for 1
  record ResourceField(String name, String container, String resource, String divisor)
      implements EnvironmentVariable {}

  /// Each key of a Secret whose name is a variable's name, behind a prefix.
  record AllOfSecret(String prefix, String secret, boolean optional)
      implements EnvironmentVariable {}

  record AllOfConfigMap(String prefix, String configMap, boolean optional)
      implements EnvironmentVariable {}
}
