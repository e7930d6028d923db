package dev.ebb.kinds;

import java.util.List;
import java.util.Optional;

/// What a CustomResourceDefinition says of a kind beyond what every kind has.
///
/// @param listKind the kind of a list
/// @param terminating the definition is being deleted: objects only become less
/// @param selectableFields for field selectors: `spec.color`
/// @param scale for the sub-resource `scale`
public record CustomTraits(
    String listKind,
    boolean terminating,
    List<String> selectableFields,
    Optional<ScalePaths> scale) {
  public CustomTraits {
    selectableFields = List.copyOf(selectableFields);
  }
}
