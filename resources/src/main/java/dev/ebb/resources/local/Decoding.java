package dev.ebb.resources.local;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.WriteOptions.FieldValidation;
import dev.ebb.resources.local.Admission.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// What an object must be before any rule is asked: fields that are known, of the types that they
/// have. Kubernetes decodes its own kinds into Go's structs and custom ones by their schema, and so
/// says the same mistake in two ways; a patch that leads to it has a third.
final class Decoding {
  private static final String WRONG_TYPE = "FieldValueTypeInvalid";

  private static final Pattern TYPES = Pattern.compile("must be of type ([\\w,]+): \"(\\w+)\"$");

  private static final Map<String, String> GO_TYPES =
      Map.of(
          "object", "map[string]interface {}",
          "array", "[]interface {}",
          "boolean", "bool",
          "integer", "int64",
          "number", "float64",
          "integer,string", "intstr.IntOrString");

  private static final Map<String, String> GO_VALUES =
      Map.of("boolean", "bool", "integer", "number");

  private Decoding() {}

  /// @return what to warn of
  /// @throws ApiException 400, for a patch 422, when the validation is strict
  static List<String> unknownFields(
      KindDefinition kind, ObjectNode json, FieldValidation validation, Operation operation) {
    if (validation == FieldValidation.IGNORE) {
      return List.of();
    }
    List<String> warnings = new ArrayList<>();
    List<String> unknown = new ArrayList<>(kind.schema().unknownFields(json));
    unknown.addAll(kind.rules().unknownFields(json));
    for (String field : unknown) {
      warnings.add("unknown field \"" + field + "\"");
    }
    if (validation == FieldValidation.STRICT && !warnings.isEmpty()) {
      String problem = "strict decoding error: " + String.join(", ", warnings);
      throw operation == Operation.PATCH
          ? ApiException.invalidPatch(json.toString(), problem)
          : ApiException.badRequest(cannotBeHandled(kind, problem));
    }
    return warnings;
  }

  /// @param errors all that the schema has against the object
  /// @throws ApiException 400 or 422 when one of them is about a type
  static void requireTypes(
      KindDefinition kind, ObjectNode json, List<FieldError> errors, Operation operation) {
    List<FieldError> wrong =
        errors.stream().filter(error -> error.reason().equals(WRONG_TYPE)).toList();
    if (wrong.isEmpty()) {
      return;
    }
    boolean custom = !kind.strategicMergePatch();
    if (custom || operation == Operation.APPLY) {
      throw ApiException.invalid(kind, json.path("metadata").path("name").asString(""), errors);
    }
    String problem = inGo(kind, wrong.getFirst());
    throw operation == Operation.PATCH
        ? ApiException.invalidPatch(json.toString(), problem)
        : ApiException.badRequest(cannotBeHandled(kind, problem));
  }

  private static String cannotBeHandled(KindDefinition kind, String problem) {
    String type = kind.type().kind();
    return "%s in version \"%s\" cannot be handled as a %s: %s"
        .formatted(type, kind.type().version(), type, problem);
  }

  /// In the words of Go's decoder, as far as the schema knows them: not the names of structs.
  private static String inGo(KindDefinition kind, FieldError error) {
    Matcher types = TYPES.matcher(error.message());
    if (!types.find()) {
      return error.field() + ": " + error.message();
    }
    String expected = types.group(1);
    String found = types.group(2);
    return "json: cannot unmarshal %s into Go struct field %s.%s of type %s"
        .formatted(
            GO_VALUES.getOrDefault(found, found),
            kind.type().kind(),
            error.field().replaceAll("\\[[^\\]]*\\]", ""),
            GO_TYPES.getOrDefault(expected, expected));
  }
}
