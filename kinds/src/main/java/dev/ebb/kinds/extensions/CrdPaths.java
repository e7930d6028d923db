package dev.ebb.kinds.extensions;

import dev.ebb.kinds.FieldError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// The paths that a definition has: of sub-resources, of columns and of selectable fields.
final class CrdPaths {
  private static final int MAX_SELECTABLE = 8;
  private static final Set<String> COLUMN_TYPES =
      Set.of("boolean", "date", "integer", "number", "string");
  private static final Set<String> COLUMN_FORMATS =
      Set.of("byte", "date", "date-time", "double", "float", "int32", "int64", "password");
  private static final Pattern SIMPLE = Pattern.compile("(\\.[A-Za-z_][-A-Za-z0-9_]*)+");

  private CrdPaths() {}

  static List<FieldError> subresources(JsonNode subresources, String path) {
    List<FieldError> errors = new ArrayList<>();
    JsonNode scale = subresources.path("scale");
    if (scale.isObject()) {
      String at = path + ".scale.";
      under(scale, "specReplicasPath", at, List.of(".spec."), "should be a json path under .spec")
          .ifMissing(errors);
      under(
              scale,
              "statusReplicasPath",
              at,
              List.of(".status."),
              "should be a json path under .status")
          .ifMissing(errors);
      under(
              scale,
              "labelSelectorPath",
              at,
              List.of(".spec.", ".status."),
              "should be a json path under either .spec or .status")
          .ifWrong(errors);
    }
    return errors;
  }

  private record Checked(String field, boolean missing, List<FieldError> wrong) {
    void ifMissing(List<FieldError> errors) {
      if (missing) {
        errors.add(FieldError.required(field, "Required value"));
      }
      ifWrong(errors);
    }

    void ifWrong(List<FieldError> errors) {
      errors.addAll(wrong);
    }
  }

  private static Checked under(
      JsonNode scale, String word, String at, List<String> roots, String why) {
    String path = scale.path(word).asString("");
    String field = at + word;
    if (path.isEmpty()) {
      return new Checked(field, true, List.of());
    }
    if (path.charAt(0) != '.') {
      return new Checked(
          field,
          false,
          List.of(FieldError.invalid(field, path, "must be a simple json path starting with .")));
    }
    boolean fits = roots.stream().anyMatch(path::startsWith);
    return new Checked(
        field, false, fits ? List.of() : List.of(FieldError.invalid(field, path, why)));
  }

  static List<FieldError> columns(JsonNode columns, String path) {
    List<FieldError> errors = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      JsonNode column = columns.path(i);
      String at = path + "[" + i + "].";
      if (column.path("name").asString("").isEmpty()) {
        errors.add(FieldError.required(at + "name", "Required value"));
      }
      String type = column.path("type").asString("");
      String types = "must be one of " + String.join(",", COLUMN_TYPES.stream().sorted().toList());
      if (type.isEmpty()) {
        errors.add(FieldError.required(at + "type", "Required value: " + types));
      } else if (!COLUMN_TYPES.contains(type)) {
        errors.add(FieldError.invalid(at + "type", type, types));
      }
      String format = column.path("format").asString("");
      if (!format.isEmpty() && !COLUMN_FORMATS.contains(format)) {
        errors.add(
            FieldError.invalid(
                at + "format",
                format,
                "must be one of " + String.join(",", COLUMN_FORMATS.stream().sorted().toList())));
      }
      String jsonPath = column.path("jsonPath").asString("");
      if (jsonPath.isEmpty()) {
        errors.add(FieldError.required(at + "JSONPath", "Required value"));
      } else if (jsonPath.charAt(0) != '.') {
        errors.add(
            FieldError.invalid(
                at + "JSONPath", jsonPath, "must be a simple json path starting with ."));
      }
    }
    return errors;
  }

  static List<FieldError> selectableFields(JsonNode fields, JsonNode schema, String path) {
    List<FieldError> errors = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < fields.size(); i++) {
      String at = path + "[" + i + "].jsonPath";
      String jsonPath = fields.path(i).path("jsonPath").asString("");
      if (jsonPath.isEmpty()) {
        errors.add(FieldError.required(at, "Required value"));
        continue;
      }
      if (!SIMPLE.matcher(jsonPath).matches()) {
        errors.add(FieldError.invalid(at, jsonPath, "is an invalid path: must be dotted names"));
        continue;
      }
      if (jsonPath.equals(".metadata") || jsonPath.startsWith(".metadata.")) {
        errors.add(FieldError.invalid(at, jsonPath, "must not point to fields in metadata"));
        continue;
      }
      JsonNode found = schema;
      for (String name : jsonPath.substring(1).split("\\.")) {
        found = found.path("properties").path(name);
      }
      if (found.isMissingNode()) {
        errors.add(
            FieldError.invalid(
                at, jsonPath, "is an invalid path: does not refer to a valid field"));
      } else if (!Set.of("string", "boolean", "integer")
          .contains(found.path("type").asString(""))) {
        errors.add(
            FieldError.invalid(
                at,
                jsonPath,
                "must point to a field of type string, boolean or integer. Enum string fields and"
                    + " strings with formats are allowed."));
      }
      if (!seen.add(jsonPath)) {
        errors.add(FieldError.duplicate(at, jsonPath));
      }
    }
    if (seen.size() > MAX_SELECTABLE) {
      errors.add(
          new FieldError(
              "FieldValueTooMany",
              path,
              "Too many: %d: must have at most %d items".formatted(seen.size(), MAX_SELECTABLE)));
    }
    return errors;
  }
}
