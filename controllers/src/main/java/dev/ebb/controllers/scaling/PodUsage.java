package dev.ebb.controllers.scaling;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import java.util.List;
import java.util.Map;

/// Measures what Pods use. Thread-safe; may block for a second.
@FunctionalInterface
public interface PodUsage {
  /// Nothing is known of any Pod.
  PodUsage NONE = pods -> Map.of();

  /// Without those that could not be measured.
  Map<ObjectKey, PodUse> of(List<KubernetesObject> pods);
}
