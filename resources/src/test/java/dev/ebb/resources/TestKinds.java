package dev.ebb.resources;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KindVersion;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.Schema;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Small kinds that show each trait once, so that tests of the driver do not change with Ebb's own.
public final class TestKinds implements KindRegistry {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /// With spec, status subresource and a rule: `spec.frozen` never changes.
  public static final KindDefinition WIDGET =
      kind(
          "example.dev/v1",
          "Widget",
          "widgets",
          true,
          """
          {"type": "object", "properties": {
            "apiVersion": {"type": "string"}, "kind": {"type": "string"},
            "metadata": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
            "spec": {"type": "object", "properties": {
              "size": {"type": "integer"}, "color": {"type": "string", "default": "red"},
              "frozen": {"type": "string"},
              "parts": {"type": "array", "items": {"type": "string"}}}},
            "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}
          """,
          true,
          new KindRules() {
            @Override
            public List<FieldError> validate(
                KubernetesObject object, Optional<KubernetesObject> previous) {
              return previous
                  .filter(old -> !old.spec().path("frozen").equals(object.spec().path("frozen")))
                  .map(old -> List.of(FieldError.invalid("spec.frozen", "field is immutable")))
                  .orElse(List.of());
            }
          });

  /// Without spec and status, as a ConfigMap.
  public static final KindDefinition NOTE =
      kind("v1", "Note", "notes", true, open("data"), false, KindRules.NONE);

  public static final KindDefinition CLUSTER_THING =
      kind("example.dev/v1", "Thing", "things", false, open("spec"), false, KindRules.NONE);

  public static final KindDefinition NAMESPACE =
      kind("v1", "Namespace", "namespaces", false, open("spec", "status"), true, KindRules.NONE);

  public static final KindDefinition EVENT =
      kind(
          "v1",
          "Event",
          "events",
          true,
          open("involvedObject", "reason", "type", "lastTimestamp"),
          false,
          KindRules.NONE);

  public static final KindDefinition KNATIVE_SERVICE =
      kind(
          "serving.knative.dev/v1",
          "Service",
          "services",
          true,
          open("spec", "status"),
          true,
          KindRules.NONE);

  public static final KindDefinition DEPLOYMENT =
      kind(
          "apps/v1",
          "Deployment",
          "deployments",
          true,
          open("spec", "status"),
          true,
          KindRules.NONE);

  private static final List<KindDefinition> ALL =
      List.of(WIDGET, NOTE, CLUSTER_THING, NAMESPACE, EVENT, KNATIVE_SERVICE, DEPLOYMENT);

  @Override
  public Collection<KindDefinition> all() {
    return ALL;
  }

  @Override
  public Optional<KindDefinition> byType(GroupVersionKind type) {
    return ALL.stream().filter(kind -> kind.type().equals(type)).findFirst();
  }

  @Override
  public Optional<KindDefinition> byResource(String group, String version, String plural) {
    return ALL.stream()
        .filter(kind -> kind.group().equals(group) && kind.plural().equals(plural))
        .filter(kind -> kind.type().version().equals(version))
        .findFirst();
  }

  /// An object from JSON with single quotes.
  public static KubernetesObject object(String json) {
    return new KubernetesObject((ObjectNode) MAPPER.readTree(json.replace('\'', '"')));
  }

  public static KubernetesObject widget(String name) {
    return object(
        """
        {'apiVersion': 'example.dev/v1', 'kind': 'Widget',
         'metadata': {'namespace': 'default', 'name': '%s'}, 'spec': {'size': 1}}
        """
            .formatted(name));
  }

  private static String open(String... fields) {
    StringBuilder properties =
        new StringBuilder(
            """
            "apiVersion": {"type": "string"}, "kind": {"type": "string"},
            "metadata": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}\
            """);
    for (String field : fields) {
      properties.append(", \"" + field + "\": {\"x-kubernetes-preserve-unknown-fields\": true}");
    }
    return "{\"type\": \"object\", \"properties\": {" + properties + "}}";
  }

  private static KindDefinition kind(
      String apiVersion,
      String kind,
      String plural,
      boolean namespaced,
      String schema,
      boolean status,
      KindRules rules) {
    GroupVersionKind type = GroupVersionKind.of(apiVersion, kind);
    return new KindDefinition(
        type,
        plural,
        plural.substring(0, plural.length() - 1),
        List.of(),
        List.of(),
        namespaced,
        new Schema((ObjectNode) MAPPER.readTree(schema)),
        List.of(),
        status,
        type.group().isEmpty() || type.group().equals("apps"),
        kind.equals("Event"),
        KindDefinition.Generation.BY_SPEC,
        rules,
        KindVersion.only(type),
        Optional.empty());
  }
}
