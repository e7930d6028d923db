package dev.ebb.images.distribution;

import java.util.List;
import java.util.Map;

/// One image: its configuration and its layers.
///
/// @param artifactType what it is when it is no container image; empty for images
/// @param layers lowest first
public record ImageManifest(
    String mediaType,
    String artifactType,
    Descriptor config,
    List<Descriptor> layers,
    Map<String, String> annotations)
    implements ManifestDocument {
  public ImageManifest {
    layers = List.copyOf(layers);
    annotations = Map.copyOf(annotations);
  }
}
