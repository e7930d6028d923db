package dev.ebb.images.registry;

import java.util.Map;

/// A manifest whose subject is another one: its signature, its bill of materials.
///
/// @param size in bytes
/// @param artifactType empty for an index that has none
public record Referrer(
    String mediaType,
    String digest,
    long size,
    String artifactType,
    Map<String, String> annotations) {
  public Referrer {
    annotations = Map.copyOf(annotations);
  }
}
