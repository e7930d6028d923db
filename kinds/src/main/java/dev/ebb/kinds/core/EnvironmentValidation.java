package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Rules of `env` and `envFrom`, in a container or in a Function.
public final class EnvironmentValidation {
  private EnvironmentValidation() {}

  /// @param holder what has the fields `env` and `envFrom`
  /// @param reserved names that the platform sets itself
  public static List<FieldError> validate(JsonNode holder, Set<String> reserved) {
    List<FieldError> errors = new ArrayList<>();
    for (int i = 0; i < holder.path("env").size(); i++) {
      String at = "env[" + i + "]";
      variable(holder.path("env").get(i), reserved).forEach(error -> errors.add(error.under(at)));
    }
    for (int i = 0; i < holder.path("envFrom").size(); i++) {
      JsonNode source = holder.path("envFrom").get(i);
      one(source, "envFrom[" + i + "]", List.of("configMapRef", "secretRef"), errors);
    }
    return errors;
  }

  private static List<FieldError> variable(JsonNode variable, Set<String> reserved) {
    List<FieldError> errors = new ArrayList<>();
    String name = variable.path("name").asString("");
    if (name.isEmpty()) {
      errors.add(FieldError.required("name", "Required value"));
    } else if (reserved.contains(name)) {
      errors.add(
          FieldError.invalid("name", name, "is a reserved environment variable")
              .saying("\"%s\" is a reserved environment variable".formatted(name)));
    } else {
      Names.environmentVariable(name)
          .ifPresent(wrong -> errors.add(FieldError.invalid("name", name, wrong)));
    }
    if (variable.has("valueFrom")) {
      if (!variable.path("value").asString("").isEmpty()) {
        errors.add(
            FieldError.forbidden("valueFrom", "Forbidden: may not be set where value is set")
                .saying("may not be set where value is set"));
      }
      one(
          variable.path("valueFrom"),
          "valueFrom",
          List.of("configMapKeyRef", "fieldRef", "resourceFieldRef", "secretKeyRef"),
          errors);
    }
    return errors;
  }

  private static void one(
      JsonNode holder, String path, List<String> fields, List<FieldError> errors) {
    Stream<String> present = fields.stream().filter(holder::has);
    long count = present.count();
    if (count == 0) {
      errors.add(
          FieldError.required(path, "Required value: one of " + String.join(", ", fields))
              .saying("expected exactly one, got neither", String.join(", ", fields)));
    } else if (count > 1) {
      errors.add(
          FieldError.forbidden(path, "Forbidden: only one of " + String.join(", ", fields))
              .saying("expected exactly one, got both", String.join(", ", fields)));
    }
  }
}
