package dev.ebb.kinds.serving;

import dev.ebb.kinds.ConfigSource;
import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.GoDuration;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.Names;
import dev.ebb.kinds.ObjectMetaRules;
import dev.ebb.kinds.SameJson;
import dev.ebb.kinds.settings.ScalingDefaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Rules of `spec.template`, which Services and Configurations have, and of annotations that any
/// kind of Serving may have.
final class TemplateValidation {
  private static final String PATH = "spec.template";
  private static final String SERVING = "serving.knative.dev/";

  private static final String MISPLACED =
      "autoscaling annotations must be put under \"spec.template.metadata.annotations\" to work";

  private static final String SESSION_AFFINITY = "serving.ebb.dev/session-affinity";
  private static final List<String> SESSION_AFFINITIES = List.of("cookie", "none");
  private static final String SCALING_METRIC = "serving.ebb.dev/scaling-metric";
  private static final List<String> SCALING_METRICS = List.of("backlog");

  private TemplateValidation() {}

  static List<FieldError> validate(
      KubernetesObject object, Optional<KubernetesObject> previous, ConfigSource config) {
    JsonNode template = object.spec().path("template");
    List<FieldError> errors = new ArrayList<>();
    RevisionSpecValidation.validate(template.path("spec"), config)
        .forEach(error -> errors.add(error.under(PATH + ".spec")));
    Map<String, String> labels = strings(template.path("metadata").path("labels"));
    Map<String, String> annotations = strings(template.path("metadata").path("annotations"));
    String at = PATH + ".metadata.annotations";
    errors.addAll(ObjectMetaRules.labels(PATH + ".metadata.labels", labels));
    errors.addAll(ObjectMetaRules.annotations(at, annotations));
    errors.addAll(AutoscalingAnnotations.validate(at, annotations, ScalingDefaults.now(config)));
    errors.addAll(scalingMetric(at, annotations));
    errors.addAll(duration(at, annotations, "progress-deadline", "progressDeadline"));
    errors.addAll(name(object.name(), template, previous));
    return errors;
  }

  /// Names become parts of host names.
  static List<FieldError> metadata(KubernetesObject object) {
    return ObjectMetaRules.validate(object, Names::dns1035Label).stream()
        .map(error ->
            error.field().equals("metadata.name")
                ? error.saying("not a DNS 1035 label: [%s]".formatted(error.detail()))
                : error)
        .toList();
  }

  private static List<FieldError> name(
      String parent, JsonNode template, Optional<KubernetesObject> previous) {
    String name = TemplateDefaults.name(template);
    if (name.isEmpty()) {
      return List.of();
    }
    String field = PATH + ".metadata.name";
    List<FieldError> errors = new ArrayList<>();
    Names.dns1035Label(name)
        .ifPresent(wrong ->
            errors.add(
                FieldError.invalid(field, name, wrong)
                    .saying("invalid value: not a DNS 1035 label: [%s]".formatted(wrong))));
    if (!name.startsWith(parent + "-")) {
      String needed = "\"%s\" must have prefix \"%s-\"".formatted(name, parent);
      errors.add(FieldError.invalid(field, name, needed).saying("invalid value: " + needed));
    }
    Optional<JsonNode> before = previous.map(p -> p.spec().path("template"));
    if (before
        .filter(b -> TemplateDefaults.name(b).equals(name) && !SameJson.same(b, template))
        .isPresent()) {
      String what = "Saw the following changes without a name change (-old +new)";
      String changes = JsonChanges.tell(before.get(), template);
      errors.add(FieldError.invalid(field, name, what + ": " + changes).saying(what, changes));
    }
    return errors;
  }

  /// Autoscaling annotations do nothing outside of a template.
  static List<FieldError> withoutAutoscaling(KubernetesObject object) {
    return object.annotations().keySet().stream()
        .filter(key -> key.startsWith(ScalingValues.PREFIX))
        .map(key ->
            FieldError.invalid("metadata.annotations", key, MISPLACED)
                .saying("invalid key name \"%s\"".formatted(key), MISPLACED))
        .toList();
  }

  static List<FieldError> rolloutDuration(KubernetesObject object) {
    return duration(
        "metadata.annotations", object.annotations(), "rollout-duration", "rolloutDuration");
  }

  /// Who misspells it would not notice that clients wander.
  static List<FieldError> sessionAffinity(KubernetesObject object) {
    String value = object.annotations().getOrDefault(SESSION_AFFINITY, "none");
    return SESSION_AFFINITIES.contains(value)
        ? List.of()
        : List.of(
            FieldError.notSupported(
                "metadata.annotations[" + SESSION_AFFINITY + "]", value, SESSION_AFFINITIES));
  }

  private static List<FieldError> scalingMetric(String at, Map<String, String> annotations) {
    String value = annotations.get(SCALING_METRIC);
    return value == null || SCALING_METRICS.contains(value)
        ? List.of()
        : List.of(FieldError.notSupported(at + "[" + SCALING_METRIC + "]", value, SCALING_METRICS));
  }

  private static List<FieldError> duration(
      String path, Map<String, String> annotations, String name, String alias) {
    String key = annotations.containsKey(SERVING + name) ? SERVING + name : SERVING + alias;
    String text = annotations.getOrDefault(key, "");
    if (text.isEmpty()) {
      return List.of();
    }
    Optional<Duration> duration = GoDuration.parse(text);
    boolean fits = duration.filter(d -> !d.isNegative() && d.toNanosPart() == 0).isPresent();
    return fits
        ? List.of()
        : List.of(
            FieldError.invalid(
                path + "[" + key + "]", text, "must be a duration in whole seconds, as 90s or 1h"));
  }

  private static Map<String, String> strings(JsonNode map) {
    Map<String, String> strings = new LinkedHashMap<>();
    map.properties().forEach(entry -> strings.put(entry.getKey(), entry.getValue().asString("")));
    return strings;
  }
}
