package dev.ebb.resources;

import dev.ebb.kinds.KubernetesObject;
import java.util.List;

/// The object as stored, and what the user should be warned of.
///
/// @param created whether there was none before: an apply creates what is missing
public record WriteResult(KubernetesObject object, List<String> warnings, boolean created) {
  public WriteResult {
    warnings = List.copyOf(warnings);
  }

  /// Of a write to what was there.
  public WriteResult(KubernetesObject object, List<String> warnings) {
    this(object, warnings, false);
  }
}
