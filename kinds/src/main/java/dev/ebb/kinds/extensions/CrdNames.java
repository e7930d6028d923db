package dev.ebb.kinds.extensions;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.Names;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// The forms of the names, which stand in the specification and in the status.
final class CrdNames {
  private CrdNames() {}

  static void validate(JsonNode names, String path, boolean complete, List<FieldError> errors) {
    check(names, path, "plural", Function.identity(), complete, errors);
    check(names, path, "singular", Function.identity(), complete, errors);
    check(names, path, "kind", name -> name.toLowerCase(Locale.ROOT), complete, errors);
    check(names, path, "listKind", name -> name.toLowerCase(Locale.ROOT), complete, errors);
    String kind = names.path("kind").asString("");
    if (!kind.isEmpty() && kind.equals(names.path("listKind").asString(""))) {
      errors.add(
          FieldError.invalid(path + ".listKind", kind, "kind and listKind may not be the same"));
    }
    for (String list : List.of("shortNames", "categories")) {
      for (int i = 0; i < names.path(list).size(); i++) {
        String name = names.path(list).path(i).asString("");
        String at = "%s.%s[%d]".formatted(path, list, i);
        Names.dns1035Label(name)
            .ifPresent(wrong -> errors.add(FieldError.invalid(at, name, wrong)));
      }
    }
  }

  private static void check(
      JsonNode names,
      String path,
      String field,
      Function<String, String> form,
      boolean complete,
      List<FieldError> errors) {
    String name = names.path(field).asString("");
    boolean mixed = field.endsWith("ind");
    if (name.isEmpty()) {
      if (complete) {
        errors.add(FieldError.required(path + "." + field, "Required value"));
      }
      return;
    }
    String prefix = mixed ? "may have mixed case, but should otherwise match: " : "";
    Names.dns1035Label(form.apply(name))
        .ifPresent(
            wrong -> errors.add(FieldError.invalid(path + "." + field, name, prefix + wrong)));
  }
}
