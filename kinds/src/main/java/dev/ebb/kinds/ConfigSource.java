package dev.ebb.kinds;

import java.util.Map;

/// Where rules find what an operator set in ConfigMaps, as of now.
@FunctionalInterface
public interface ConfigSource {
  /// Nothing was set.
  ConfigSource NONE = configMap -> Map.of();

  /// The `data` of a ConfigMap; empty where there is none.
  Map<String, String> data(ObjectKey configMap);
}
