package dev.ebb.resources;

import dev.ebb.kinds.KubernetesObject;
import java.util.List;

/// The object as stored, and what the user should be warned of.
public record WriteResult(KubernetesObject object, List<String> warnings) {
  public WriteResult {
    warnings = List.copyOf(warnings);
  }
}
