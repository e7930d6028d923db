package dev.ebb.kinds.serving;

import dev.ebb.kinds.SameJson;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What differs between two JSON values, for people: `containers[0].image: -"one" +"other"`. A
/// field that only one of them has lacks the other half.
final class JsonChanges {
  /// More would hide what was meant.
  private static final int TOLD = 5;

  private final List<String> changes = new ArrayList<>();

  private JsonChanges() {}

  /// Empty where they are the same.
  static String tell(JsonNode before, JsonNode after) {
    JsonChanges differences = new JsonChanges();
    differences.compare("", before, after);
    List<String> all = differences.changes;
    String told = String.join(", ", all.subList(0, Math.min(all.size(), TOLD)));
    return all.size() > TOLD ? "%s and %d more".formatted(told, all.size() - TOLD) : told;
  }

  private void compare(String path, JsonNode before, JsonNode after) {
    if (SameJson.same(before, after)) {
      return;
    }
    if (before.isObject() && after.isObject()) {
      Set<String> fields = new LinkedHashSet<>(before.propertyNames());
      fields.addAll(after.propertyNames());
      for (String field : fields) {
        compare(path.isEmpty() ? field : path + "." + field, before.path(field), after.path(field));
      }
    } else if (before.isArray() && after.isArray()) {
      for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
        compare("%s[%d]".formatted(path, i), before.path(i), after.path(i));
      }
    } else {
      changes.add(path + ":" + half(" -", before) + half(" +", after));
    }
  }

  private static String half(String sign, JsonNode value) {
    return value.isMissingNode() ? "" : sign + value;
  }
}
