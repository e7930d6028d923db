package dev.ebb.resources.local;

import dev.ebb.kinds.CustomTraits;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ScalePaths;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The `/scale` view of workloads: an `autoscaling/v1` Scale.
public final class Scale {
  public static final GroupVersionKind TYPE = new GroupVersionKind("autoscaling", "v1", "Scale");

  private static final Set<String> KINDS =
      Set.of("deployments.apps", "replicasets.apps", "statefulsets.apps", "replicationcontrollers");

  private Scale() {}

  public static boolean isServedBy(KindDefinition kind) {
    return KINDS.contains(kind.qualifiedPlural()) || custom(kind).isPresent();
  }

  private static Optional<ScalePaths> custom(KindDefinition kind) {
    return kind.custom().flatMap(CustomTraits::scale);
  }

  /// How many replicas the object has and should have.
  public static KubernetesObject view(KindDefinition kind, KubernetesObject object) {
    KubernetesObject scale = KubernetesObject.of(TYPE, object.key());
    ObjectNode json = scale.json();
    for (String field : List.of("uid", "resourceVersion", "creationTimestamp")) {
      JsonNode value = object.metadata().path(field);
      if (!value.isMissingNode()) {
        json.withObject("/metadata").set(field, value);
      }
    }
    Optional<ScalePaths> paths = custom(kind);
    if (paths.isPresent()) {
      custom(paths.get(), object, json);
      return scale;
    }
    json.putObject("spec").put("replicas", object.spec().path("replicas").asInt(1));
    json.putObject("status")
        .put("replicas", object.status().path("replicas").asInt(0))
        .put("selector", selector(object.spec().path("selector")));
    return scale;
  }

  private static void custom(ScalePaths paths, KubernetesObject object, ObjectNode json) {
    JsonNode wanted = ScalePaths.at(object, paths.specReplicas());
    if (wanted.isMissingNode()) {
      throw new ApiException(
          new ApiStatus(
              500,
              "InternalError",
              "Internal error occurred: the spec replicas field \"%s\" does not exist"
                  .formatted(paths.specReplicas()),
              "",
              "",
              object.name(),
              List.of()));
    }
    json.putObject("spec").put("replicas", wanted.asInt(0));
    ObjectNode status = json.putObject("status");
    status.put("replicas", ScalePaths.at(object, paths.statusReplicas()).asInt(0));
    String selector = ScalePaths.at(object, paths.labelSelector()).asString("");
    if (!selector.isEmpty()) {
      status.put("selector", selector);
    }
  }

  /// In the words of a query.
  private static String selector(JsonNode selector) {
    Stream<String> labels =
        selector.path("matchLabels").properties().stream()
            .map(label -> label.getKey() + "=" + label.getValue().asString(""));
    Stream<String> expressions =
        selector.path("matchExpressions").valueStream().map(Scale::expression);
    return Stream.concat(labels, expressions).sorted().collect(Collectors.joining(","));
  }

  private static String expression(JsonNode expression) {
    String key = expression.path("key").asString("");
    String values =
        expression
            .path("values")
            .valueStream()
            .map(value -> value.asString(""))
            .sorted()
            .collect(Collectors.joining(","));
    return switch (expression.path("operator").asString("")) {
      case "In" -> "%s in (%s)".formatted(key, values);
      case "NotIn" -> "%s notin (%s)".formatted(key, values);
      case "DoesNotExist" -> "!" + key;
      default -> key;
    };
  }

  /// Where the object keeps the wanted number: `.spec.replicas`, unless a custom kind says else.
  static String replicasPath(KindDefinition kind) {
    return custom(kind).map(ScalePaths::specReplicas).orElse(".spec.replicas");
  }

  /// The object with the replicas of a Scale.
  static ObjectNode replicas(
      KindDefinition kind, KubernetesObject current, KubernetesObject scale) {
    JsonNode replicas = scale.spec().path("replicas");
    if (!replicas.isMissingNode() && !replicas.isIntegralNumber()) {
      throw ApiException.badRequest(
          "Scale of %s \"%s\": spec.replicas must be an integer"
              .formatted(kind.qualifiedPlural(), current.name()));
    }
    ObjectNode json = current.json().deepCopy();
    set(json, replicasPath(kind), replicas);
    return json;
  }

  private static void set(ObjectNode json, String path, JsonNode replicas) {
    List<String> names = List.of(path.substring(1).split("\\.", -1));
    ObjectNode parent = json;
    for (String name : names.subList(0, names.size() - 1)) {
      parent = parent.withObjectProperty(name);
    }
    parent.put(names.getLast(), replicas.asInt(0));
  }
}
