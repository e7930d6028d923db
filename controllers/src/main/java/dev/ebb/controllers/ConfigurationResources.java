package dev.ebb.controllers;

import dev.ebb.kinds.ChildName;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Children;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/// The Revision that a Configuration's template asks for now. Pure.
final class ConfigurationResources {
  private static final String CREATOR = "serving.knative.dev/creator";
  private static final String LAST_MODIFIER = "serving.knative.dev/lastModifier";

  private ConfigurationResources() {}

  /// The name that the template asks for, else one that no other generation has.
  static ObjectKey revisionKey(KubernetesObject configuration) {
    String name = template(configuration).path("metadata").path("name").asString("");
    return new ObjectKey(
        configuration.namespace(),
        name.isEmpty()
            ? ChildName.of(configuration.name(), "-%05d".formatted(configuration.generation()))
            : name);
  }

  static KubernetesObject revision(KubernetesObject configuration, Instant now) {
    JsonNode metadata = template(configuration).path("metadata");
    Map<String, String> labels = strings(metadata.path("labels"));
    for (String label : new String[] {Labels.SERVICE, Labels.SERVICE_UID}) {
      String value = configuration.labels().getOrDefault(label, "");
      if (!value.isEmpty()) {
        labels.put(label, value);
      }
    }
    labels.put(Labels.CONFIGURATION, configuration.name());
    labels.put(Labels.CONFIGURATION_UID, configuration.uid());
    labels.put(Labels.CONFIGURATION_GENERATION, String.valueOf(configuration.generation()));
    labels.put(Labels.ROUTING_STATE, "pending");
    Map<String, String> annotations = strings(metadata.path("annotations"));
    annotations.put(Labels.ROUTING_STATE_MODIFIED, now.toString());
    // Who changed the template made the Revision.
    String creator = configuration.annotations().getOrDefault(LAST_MODIFIER, "");
    if (!creator.isEmpty()) {
      annotations.put(CREATOR, creator);
    }
    KubernetesObject revision =
        KubernetesObject.of(ServingKinds.REVISION.type(), revisionKey(configuration))
            .with(json -> json.set("spec", template(configuration).path("spec").deepCopy()));
    return Children.ownedBy(configuration, revision, labels, annotations);
  }

  static OptionalLong generationOf(KubernetesObject revision) {
    String label = revision.labels().getOrDefault(Labels.CONFIGURATION_GENERATION, "");
    return label.matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(label))
        : OptionalLong.empty();
  }

  private static JsonNode template(KubernetesObject configuration) {
    return configuration.spec().path("template");
  }

  private static Map<String, String> strings(JsonNode node) {
    Map<String, String> map = new HashMap<>();
    node.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asString("")));
    return map;
  }
}
