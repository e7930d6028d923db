package dev.ebb.kinds.openapi;

import dev.ebb.kinds.KindDefinition;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The labels of definitions by which clients look for them: kn asks which kinds are addressable,
/// others wait for what Knative installed.
final class DefinitionLabels {
  private static final Set<String> ADDRESSABLE =
      Set.of("services.serving.knative.dev", "routes.serving.knative.dev");
  private static final Set<String> POD_SPECABLE =
      Set.of("services.serving.knative.dev", "configurations.serving.knative.dev");

  private DefinitionLabels() {}

  static Map<String, String> of(KindDefinition kind) {
    Map<String, String> labels = new LinkedHashMap<>();
    boolean serving = kind.group().equals("serving.knative.dev");
    labels.put("app.kubernetes.io/name", serving ? "knative-serving" : "ebb");
    if (kind.group().endsWith(".knative.dev")) {
      labels.put("knative.dev/crd-install", "true");
    }
    if (ADDRESSABLE.contains(kind.qualifiedPlural())) {
      labels.put("duck.knative.dev/addressable", "true");
    }
    if (POD_SPECABLE.contains(kind.qualifiedPlural())) {
      labels.put("duck.knative.dev/podspecable", "true");
    }
    return labels;
  }
}
