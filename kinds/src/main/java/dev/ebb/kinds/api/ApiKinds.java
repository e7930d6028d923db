package dev.ebb.kinds.api;

import dev.ebb.kinds.KindDefinition;

/// Begins the definitions of Kubernetes's own kinds.
public final class ApiKinds {
  private ApiKinds() {}

  /// With the API's schema, and merged strategically.
  public static KindDefinition.Builder define(String apiVersion, String kind, String plural) {
    return KindDefinition.define(
            apiVersion, kind, plural, ApiTypes.KUBERNETES.schema(apiVersion, kind))
        .strategicMergePatch();
  }
}
