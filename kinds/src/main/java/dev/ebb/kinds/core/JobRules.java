package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.SameJson;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Jobs: they know their Pods by a label with their own UID, and run to an end.
final class JobRules extends SpecRules {
  static final JobRules RULES = new JobRules();

  private static final List<String> RESTART = List.of("OnFailure", "Never");
  private static final String UID = "controller-uid";
  private static final String NAME = "job-name";
  private static final String PREFIX = "batch.kubernetes.io/";

  private JobRules() {}

  @Override
  void defaults(ObjectNode object, ObjectNode spec, Optional<KubernetesObject> previous) {
    specDefaults(spec);
    boolean manual = spec.path("manualSelector").asBoolean(false);
    if (previous.isEmpty() && !manual && !spec.has("selector")) {
      KubernetesObject job = new KubernetesObject(object);
      ObjectNode labels = spec.withObject("/template/metadata/labels");
      labels.put(PREFIX + UID, job.uid()).put(PREFIX + NAME, job.name());
      labels.put(UID, job.uid()).put(NAME, job.name());
      spec.withObject("/selector/matchLabels").put(PREFIX + UID, job.uid());
    }
  }

  static void specDefaults(ObjectNode spec) {
    boolean indexed = spec.path("completionMode").asString("").equals("Indexed");
    if (!spec.has("completions") && !spec.has("parallelism") && !indexed) {
      spec.put("completions", 1);
    }
    if (!spec.has("parallelism")) {
      spec.put("parallelism", 1);
    }
    if (!spec.has("podReplacementPolicy")) {
      boolean policy = spec.has("podFailurePolicy");
      spec.put("podReplacementPolicy", policy ? "Failed" : "TerminatingOrFailed");
    }
    PodSpecDefaults.apply(spec.path("template").path("spec"));
  }

  @Override
  void validate(
      KubernetesObject object, Optional<KubernetesObject> previous, List<FieldError> errors) {
    spec("spec", object.spec(), errors);
    immutable(object, previous, "selector", errors);
    immutable(object, previous, "completionMode", errors);
    previous.ifPresent(before -> {
      boolean indexed = object.spec().path("completionMode").asString("").equals("Indexed");
      if (!indexed) {
        immutable(object, previous, "completions", errors);
      }
      JsonNode template = object.spec().path("template");
      boolean suspended = before.spec().path("suspend").asBoolean(false);
      if (!suspended && !SameJson.same(template, before.spec().path("template"))) {
        errors.add(FieldError.invalid("spec.template", template, IMMUTABLE));
      }
    });
  }

  static void spec(String path, JsonNode spec, List<FieldError> errors) {
    for (String count :
        new String[] {
          "parallelism",
          "completions",
          "activeDeadlineSeconds",
          "backoffLimit",
          "ttlSecondsAfterFinished"
        }) {
      JsonNode value = spec.path(count);
      if (value.isNumber() && value.asLong(0) < 0) {
        errors.add(
            FieldError.invalid(
                path + "." + count, value.asLong(0), "must be greater than or equal to 0"));
      }
    }
    if (spec.path("completionMode").asString("").equals("Indexed") && !spec.has("completions")) {
      errors.add(
          FieldError.required(
              path + ".completions", REQUIRED + ": when completion mode is Indexed"));
    }
    WorkloadRules.template(path + ".template", spec.path("template"), RESTART, errors);
  }
}
