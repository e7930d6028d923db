package dev.ebb.kinds.serving;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Rules of `spec.traffic`: all of it is given away, each target says what it is, and tags are
/// unique.
final class TrafficValidation {
  private TrafficValidation() {}

  /// @param ofService a Service's targets are its own revisions, so they name no configuration
  static List<FieldError> validate(JsonNode traffic, boolean ofService) {
    List<FieldError> errors = new ArrayList<>();
    Map<String, Integer> tags = new HashMap<>();
    long sum = 0;
    for (int i = 0; i < traffic.size(); i++) {
      JsonNode target = traffic.get(i);
      String at = "[" + i + "]";
      target(target, ofService).forEach(error -> errors.add(error.under(at)));
      sum += target.path("percent").asLong(0);
      String tag = target.path("tag").asString("");
      if (!tag.isEmpty()) {
        Names.dns1035Label(tag)
            .ifPresent(wrong ->
                errors.add(
                    FieldError.invalid(at + ".tag", tag, wrong)
                        .saying("invalid value: not a DNS 1035 label: [%s]".formatted(wrong))));
        if (tags.putIfAbsent(tag, i) != null) {
          errors.add(
              FieldError.duplicate(at + ".tag", tag)
                  .saying("Multiple definitions for \"%s\"".formatted(tag)));
        }
      }
    }
    if (sum != 100) {
      String uneven = "Traffic targets sum to %d, want 100".formatted(sum);
      errors.add(FieldError.invalid("", sum, uneven).saying(uneven));
    }
    return errors.stream().map(error -> error.under("spec.traffic")).toList();
  }

  private static List<FieldError> target(JsonNode target, boolean ofService) {
    List<FieldError> errors = new ArrayList<>();
    String revision = target.path("revisionName").asString("");
    String configuration = target.path("configurationName").asString("");
    boolean latest = target.path("latestRevision").asBoolean(revision.isEmpty());
    if (latest == !revision.isEmpty()) {
      String contradiction =
          "may not set revisionName \"%s\" when latestRevision is %s".formatted(revision, latest);
      errors.add(FieldError.invalid("latestRevision", latest, contradiction).saying(contradiction));
    }
    if (ofService && !configuration.isEmpty()) {
      errors.add(FieldError.forbidden("configurationName", "Forbidden: must not be set"));
    } else if (!revision.isEmpty() && !configuration.isEmpty()) {
      errors.add(
          FieldError.invalid(
                  "revisionName", revision, "expected one of revisionName, configurationName")
              .saying("expected exactly one, got both", "revisionName, configurationName"));
    } else if (!ofService && revision.isEmpty() && configuration.isEmpty()) {
      errors.add(
          FieldError.required(
                  "revisionName", "Required value: one of revisionName, configurationName")
              .saying("expected exactly one, got neither", "revisionName, configurationName"));
    }
    name("revisionName", revision, errors);
    name("configurationName", configuration, errors);
    long percent = target.path("percent").asLong(0);
    if (percent < 0 || percent > 100) {
      errors.add(FieldError.outOfBounds("percent", percent, 0, 100));
    }
    if (target.has("url")) {
      errors.add(FieldError.forbidden("url", "Forbidden: only a status has it"));
    }
    return errors;
  }

  private static void name(String field, String name, List<FieldError> errors) {
    if (!name.isEmpty()) {
      Names.dns1123Subdomain(name)
          .ifPresent(wrong ->
              errors.add(
                  FieldError.invalid(field, name, wrong)
                      .saying("invalid key name \"%s\"".formatted(name), wrong)));
    }
  }
}
