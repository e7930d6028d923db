package dev.ebb.apiserver;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.Patch;
import dev.ebb.resources.WriteOptions.FieldValidation;
import java.util.ArrayList;
import java.util.List;

/// What `fieldValidation` does about fields that come twice in a body. (Those that the schema does
/// not know are told when the object is admitted.)
final class StrictDecoding {
  private StrictDecoding() {}

  /// @param unknown the fields of the object that its schema does not know
  /// @throws ApiException 400 when the validation is strict
  static void object(
      Exchange exchange,
      FieldValidation validation,
      GroupVersionKind type,
      List<String> duplicates,
      List<String> unknown) {
    if (duplicates.isEmpty() || validation == FieldValidation.IGNORE) {
      return;
    }
    List<String> problems = problems("duplicate", duplicates);
    if (validation == FieldValidation.WARN) {
      problems.forEach(exchange::warn);
      return;
    }
    problems.addAll(problems("unknown", unknown));
    throw ApiException.badRequest(
        "%s in version \"%s\" cannot be handled as a %s: %s"
            .formatted(type.kind(), type.version(), type.kind(), strict(problems)));
  }

  /// @throws ApiException 400 or 422 when the validation is strict
  static void patch(
      Exchange exchange, FieldValidation validation, Patch patch, List<String> duplicates) {
    if (duplicates.isEmpty() || validation == FieldValidation.IGNORE) {
      return;
    }
    String prefix = patch.type() == Patch.Type.JSON ? "json patch duplicate" : "duplicate";
    List<String> problems = problems(prefix, duplicates);
    if (validation == FieldValidation.WARN) {
      problems.forEach(exchange::warn);
      return;
    }
    if (patch.type() == Patch.Type.APPLY) {
      throw ApiException.badRequest("error strict decoding patch: " + String.join(", ", problems));
    }
    throw ApiException.invalidPatch(patch.body().toString(), strict(problems));
  }

  private static List<String> problems(String what, List<String> paths) {
    List<String> problems = new ArrayList<>();
    paths.forEach(path -> problems.add("%s field \"%s\"".formatted(what, path)));
    return problems;
  }

  private static String strict(List<String> problems) {
    return "strict decoding error: " + String.join(", ", problems);
  }
}
