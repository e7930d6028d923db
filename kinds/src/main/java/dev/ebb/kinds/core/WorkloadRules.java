package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectMetaRules;
import dev.ebb.kinds.SameJson;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Deployments, ReplicaSets, StatefulSets and DaemonSets: their selector chooses the Pods of their
/// template, and never changes.
class WorkloadRules extends SpecRules {
  static final WorkloadRules RULES = new WorkloadRules();
  static final WorkloadRules DEPLOYMENT = new Deployment();
  static final WorkloadRules STATEFUL_SET = new StatefulSet();
  static final WorkloadRules DAEMON_SET = new DaemonSet();

  @Override
  void defaults(ObjectNode object, ObjectNode spec, Optional<KubernetesObject> previous) {
    PodSpecDefaults.apply(spec.path("template").path("spec"));
  }

  @Override
  void validate(
      KubernetesObject object, Optional<KubernetesObject> previous, List<FieldError> errors) {
    JsonNode spec = object.spec();
    for (String count : new String[] {"replicas", "minReadySeconds", "revisionHistoryLimit"}) {
      notNegative(spec, count, errors);
    }
    selector(object, errors);
    template("spec.template", spec.path("template"), List.of("Always"), errors);
    immutable(object, previous, "selector", errors);
  }

  private static void selector(KubernetesObject object, List<FieldError> errors) {
    JsonNode selector = object.spec().path("selector");
    JsonNode labels = object.spec().path("template").path("metadata").path("labels");
    if (SelectorRules.isEmpty(selector)) {
      errors.add(
          FieldError.invalid(
              "spec.selector",
              selector,
              "empty selector is invalid for "
                  + object.groupVersionKind().kind().toLowerCase(Locale.ROOT)));
      return;
    }
    int before = errors.size();
    SelectorRules.validate("spec.selector", selector, errors);
    if (errors.size() == before && !SelectorRules.matches(selector, labels)) {
      errors.add(
          FieldError.invalid(
              "spec.template.metadata.labels",
              labels.isObject() ? labels : "null",
              "`selector` does not match template `labels`"));
    }
  }

  /// @param restart the policies that Pods of this kind may have
  static void template(
      String path, JsonNode template, List<String> restart, List<FieldError> errors) {
    JsonNode metadata = template.path("metadata");
    errors.addAll(
        ObjectMetaRules.labels(path + ".metadata.labels", LabelMaps.of(metadata.path("labels"))));
    errors.addAll(
        ObjectMetaRules.annotations(
            path + ".metadata.annotations", LabelMaps.of(metadata.path("annotations"))));
    errors.addAll(PodSpecValidation.validate(path + ".spec", template.path("spec")));
    String policy = template.path("spec").path("restartPolicy").asString("");
    if (!restart.contains(policy)) {
      errors.add(FieldError.notSupported(path + ".spec.restartPolicy", policy, restart));
    }
  }

  private static final class Deployment extends WorkloadRules {
    @Override
    void defaults(ObjectNode object, ObjectNode spec, Optional<KubernetesObject> previous) {
      super.defaults(object, spec, previous);
      rolling(
          spec,
          "strategy",
          rolling -> {
            putIfAbsent(rolling, "maxUnavailable", "25%");
            putIfAbsent(rolling, "maxSurge", "25%");
          });
    }

    @Override
    void validate(
        KubernetesObject object, Optional<KubernetesObject> previous, List<FieldError> errors) {
      super.validate(object, previous, errors);
      JsonNode strategy = object.spec().path("strategy");
      if (strategy.path("type").asString("").equals("Recreate") && strategy.has("rollingUpdate")) {
        errors.add(
            FieldError.forbidden(
                "spec.strategy.rollingUpdate",
                "Forbidden: may not be specified when strategy `type` is 'Recreate'"));
      }
      long deadline = object.spec().path("progressDeadlineSeconds").asLong(Long.MAX_VALUE);
      if (deadline <= object.spec().path("minReadySeconds").asLong(0)) {
        errors.add(
            FieldError.invalid(
                "spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"));
      }
    }
  }

  private static final class DaemonSet extends WorkloadRules {
    @Override
    void defaults(ObjectNode object, ObjectNode spec, Optional<KubernetesObject> previous) {
      super.defaults(object, spec, previous);
      rolling(
          spec,
          "updateStrategy",
          rolling -> {
            putIfAbsent(rolling, "maxUnavailable", 1);
            putIfAbsent(rolling, "maxSurge", 0);
          });
    }
  }

  private static final class StatefulSet extends WorkloadRules {
    private static final Set<String> CHANGEABLE =
        Set.of(
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds");

    @Override
    void defaults(ObjectNode object, ObjectNode spec, Optional<KubernetesObject> previous) {
      super.defaults(object, spec, previous);
      rolling(spec, "updateStrategy", rolling -> putIfAbsent(rolling, "partition", 0));
    }

    @Override
    void validate(
        KubernetesObject object, Optional<KubernetesObject> previous, List<FieldError> errors) {
      super.validate(object, Optional.empty(), errors);
      if (previous.isPresent() && !SameJson.same(frozen(object), frozen(previous.get()))) {
        errors.add(
            FieldError.forbidden(
                "spec",
                "Forbidden: updates to statefulset spec for fields other than 'replicas',"
                    + " 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit',"
                    + " 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are"
                    + " forbidden"));
      }
    }

    private static JsonNode frozen(KubernetesObject object) {
      ObjectNode copy = object.json().objectNode();
      object.spec().properties().stream()
          .filter(field -> !CHANGEABLE.contains(field.getKey()))
          .forEach(field -> copy.set(field.getKey(), field.getValue()));
      return copy;
    }
  }

  private static void rolling(ObjectNode spec, String strategy, Consumer<ObjectNode> defaults) {
    if (spec.path(strategy) instanceof ObjectNode chosen
        && chosen.path("type").asString("").equals("RollingUpdate")) {
      defaults.accept(chosen.withObjectProperty("rollingUpdate"));
    }
  }

  private static void putIfAbsent(ObjectNode object, String field, int value) {
    if (!object.has(field)) {
      object.put(field, value);
    }
  }

  private static void putIfAbsent(ObjectNode object, String field, String value) {
    if (!object.has(field)) {
      object.put(field, value);
    }
  }
}
