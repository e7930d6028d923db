package dev.ebb.resources.patch;

import java.util.Arrays;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// One operation of a JSON patch.
///
/// @param from the root where the operation has none
/// @param value missing where the operation has none
record Operation(Op op, JsonPointer path, JsonPointer from, JsonNode value) {
  enum Op {
    ADD(false, true),
    REMOVE(false, false),
    REPLACE(false, true),
    MOVE(true, false),
    COPY(true, false),
    TEST(false, true);

    private final boolean needsFrom;
    private final boolean needsValue;

    Op(boolean needsFrom, boolean needsValue) {
      this.needsFrom = needsFrom;
      this.needsValue = needsValue;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// @throws PatchException when a member is missing, or is not what it should be
  static Operation read(JsonNode node) {
    if (!node.isObject()) {
      throw PatchException.malformed("an operation of a JSON patch must be an object");
    }
    String word = text(node, "op");
    Op op =
        Arrays.stream(Op.values())
            .filter(each -> each.word().equals(word))
            .findFirst()
            .orElseThrow(() -> PatchException.malformed("unexpected kind: " + word));
    JsonPointer path = JsonPointer.parse(text(node, "path"));
    JsonPointer from = JsonPointer.parse(op.needsFrom ? text(node, "from") : "");
    if (op.needsValue && !node.has("value")) {
      throw PatchException.malformed(word + " operation of a JSON patch has no \"value\"");
    }
    JsonNode value = op.needsValue ? node.path("value") : MissingNode.getInstance();
    return new Operation(op, path, from, value);
  }

  private static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isString()) {
      throw PatchException.malformed(
          "an operation of a JSON patch needs \"%s\" as a string".formatted(field));
    }
    return value.asString();
  }
}
