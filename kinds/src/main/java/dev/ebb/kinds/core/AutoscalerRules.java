package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HorizontalPodAutoscalers: their bounds, and since `autoscaling/v2` what they measure and how
/// fast they go. Source: the Kubernetes API reference, "Configurable scaling behavior" too.
class AutoscalerRules extends SpecRules {
  static final SpecRules V1 = new AutoscalerRules();
  static final SpecRules RULES = new Measuring();

  private AutoscalerRules() {}

  @Override
  void validate(
      KubernetesObject object, Optional<KubernetesObject> previous, List<FieldError> errors) {
    JsonNode spec = object.spec();
    long least = spec.path("minReplicas").asLong(1);
    long most = spec.path("maxReplicas").asLong(0);
    atLeast(spec, "minReplicas", 1, errors);
    if (most < 1) {
      errors.add(FieldError.invalid("spec.maxReplicas", most, "must be greater than 0"));
    } else if (most < least) {
      errors.add(
          FieldError.invalid(
              "spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"));
    }
    for (String field : new String[] {"kind", "name"}) {
      if (spec.path("scaleTargetRef").path(field).asString("").isEmpty()) {
        errors.add(FieldError.required("spec.scaleTargetRef." + field, REQUIRED));
      }
    }
  }

  private static final class Measuring extends AutoscalerRules {
    /// The CPU in percent that is aimed at where no metric is said.
    private static final int CPU_TARGET = 80;

    private static final int PERIOD_SECONDS = 15;
    private static final int LONGEST_PERIOD = 1800;
    private static final int LONGEST_WINDOW = 3600;
    private static final List<String> SELECTS = List.of("Disabled", "Max", "Min");
    private static final List<String> POLICIES = List.of("Percent", "Pods");

    /// Where the source of each type of metric is.
    private static final Map<String, String> SOURCES =
        Map.of(
            "ContainerResource", "containerResource",
            "External", "external",
            "Object", "object",
            "Pods", "pods",
            "Resource", "resource");

    @Override
    void defaults(ObjectNode object, ObjectNode spec, Optional<KubernetesObject> previous) {
      if (spec.path("metrics").isEmpty()) {
        ObjectNode metric = spec.putArray("metrics").addObject().put("type", "Resource");
        ObjectNode resource = metric.putObject("resource").put("name", "cpu");
        resource
            .putObject("target")
            .put("type", "Utilization")
            .put("averageUtilization", CPU_TARGET);
      }
      if (spec.path("behavior") instanceof ObjectNode behavior) {
        ObjectNode up = behavior.withObjectProperty("scaleUp");
        if (!up.has("stabilizationWindowSeconds")) {
          up.put("stabilizationWindowSeconds", 0);
        }
        rules(up, Map.of("Pods", 4, "Percent", 100));
        rules(behavior.withObjectProperty("scaleDown"), Map.of("Percent", 100));
      }
    }

    private static void rules(ObjectNode rules, Map<String, Integer> policies) {
      if (!rules.has("selectPolicy")) {
        rules.put("selectPolicy", "Max");
      }
      if (!rules.has("policies")) {
        ArrayNode list = rules.putArray("policies");
        for (String type : List.of("Pods", "Percent")) {
          if (policies.containsKey(type)) {
            list.addObject()
                .put("type", type)
                .put("value", policies.get(type))
                .put("periodSeconds", PERIOD_SECONDS);
          }
        }
      }
    }

    @Override
    void validate(
        KubernetesObject object, Optional<KubernetesObject> previous, List<FieldError> errors) {
      super.validate(object, previous, errors);
      int index = 0;
      for (JsonNode metric : object.spec().path("metrics")) {
        metric("spec.metrics[" + index++ + "]", metric, errors);
      }
      for (String direction : List.of("scaleUp", "scaleDown")) {
        JsonNode rules = object.spec().path("behavior").path(direction);
        if (rules.isObject()) {
          behavior("spec.behavior." + direction, rules, errors);
        }
      }
    }

    private static void metric(String at, JsonNode metric, List<FieldError> errors) {
      String type = metric.path("type").asString("");
      String source = SOURCES.get(type);
      if (source == null) {
        errors.add(
            FieldError.notSupported(
                at + ".type", type, SOURCES.keySet().stream().sorted().toList()));
        return;
      }
      if (!metric.path(source).isObject()) {
        errors.add(
            FieldError.required(
                at + "." + source,
                "Required value: must populate information for the given metric source"));
        return;
      }
      JsonNode target = metric.path(source).path("target");
      String path = at + "." + source + ".target";
      JsonNode utilization = target.path("averageUtilization");
      if (utilization.isNumber() && utilization.asLong(0) < 1) {
        errors.add(
            FieldError.invalid(
                path + ".averageUtilization", utilization.asLong(0), "must be greater than 0"));
      }
      boolean ofUse = type.endsWith("Resource");
      if (ofUse && !utilization.isNumber() && !target.has("averageValue")) {
        errors.add(
            FieldError.required(
                path + ".averageUtilization",
                "Required value: must set either a target raw value or a target utilization"));
      } else if (ofUse && utilization.isNumber() && target.has("averageValue")) {
        errors.add(
            FieldError.forbidden(
                path + ".averageValue",
                "Forbidden: may not set both a target raw value and a target utilization"));
      }
    }

    private static void behavior(String at, JsonNode rules, List<FieldError> errors) {
      bounded(at, rules, "stabilizationWindowSeconds", 0, LONGEST_WINDOW, errors);
      String select = rules.path("selectPolicy").asString("Max");
      if (!SELECTS.contains(select)) {
        errors.add(FieldError.notSupported(at + ".selectPolicy", select, SELECTS));
      }
      if (rules.path("policies").isEmpty()) {
        errors.add(
            FieldError.required(
                at + ".policies", "Required value: must specify at least one Policy"));
      }
      int index = 0;
      for (JsonNode policy : rules.path("policies")) {
        String path = at + ".policies[" + index++ + "]";
        String type = policy.path("type").asString("");
        if (!POLICIES.contains(type)) {
          errors.add(FieldError.notSupported(path + ".type", type, POLICIES));
        }
        bounded(path, policy, "value", 1, Integer.MAX_VALUE, errors);
        bounded(path, policy, "periodSeconds", 1, LONGEST_PERIOD, errors);
      }
    }

    private static void bounded(
        String at, JsonNode parent, String field, long least, long most, List<FieldError> errors) {
      JsonNode value = parent.path(field);
      if (!value.isNumber()) {
        return;
      }
      if (value.asLong(0) < least) {
        errors.add(
            FieldError.invalid(
                at + "." + field,
                value.asLong(0),
                least == 1
                    ? "must be greater than zero"
                    : "must be greater than or equal to zero"));
      } else if (value.asLong(0) > most) {
        errors.add(
            FieldError.invalid(
                at + "." + field, value.asLong(0), "must be less than or equal to " + most));
      }
    }
  }
}
