package dev.ebb.resources.patch;

import dev.ebb.resources.JsonEquality;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// JSON Patch, RFC 6902. All operations are done, or none.
public final class JsonPatch {
  /// The API server of Kubernetes refuses more in one patch, so that one request stays cheap.
  private static final int MAX_OPERATIONS = 10_000;

  private JsonPatch() {}

  /// @return the patched tree; neither argument is modified
  /// @throws PatchException when the patch is malformed, a place is missing or a test fails
  public static JsonNode apply(JsonNode target, JsonNode patch) {
    if (!(patch instanceof ArrayNode operations)) {
      throw PatchException.malformed("a JSON patch must be an array of operations");
    }
    if (operations.size() > MAX_OPERATIONS) {
      throw PatchException.tooLarge(
          "The allowed maximum operations in a JSON patch is %d, got %d"
              .formatted(MAX_OPERATIONS, operations.size()));
    }
    JsonNode document = target.deepCopy();
    for (JsonNode operation : operations) {
      document = apply(document, Operation.read(operation));
    }
    return document;
  }

  private static JsonNode apply(JsonNode document, Operation operation) {
    JsonPointer path = operation.path();
    return switch (operation.op()) {
      case ADD -> add(document, path, operation.value(), operation);
      case REMOVE -> {
        find(document, path, operation);
        yield remove(document, path, operation);
      }
      case REPLACE -> {
        find(document, path, operation);
        yield replace(document, path, operation.value(), operation);
      }
      case MOVE -> {
        if (path.isBelow(operation.from())) {
          throw PatchException.doesNotApply(
              "move operation: cannot move \"%s\" into itself".formatted(operation.from()));
        }
        JsonNode moved = find(document, operation.from(), operation);
        yield path.equals(operation.from())
            ? document
            : add(remove(document, operation.from(), operation), path, moved, operation);
      }
      case COPY -> {
        JsonNode copy = find(document, operation.from(), operation).deepCopy();
        yield add(document, path, copy, operation);
      }
      case TEST -> {
        if (!JsonEquality.same(find(document, path, operation), operation.value())) {
          throw PatchException.doesNotApply("testing value " + path + " failed: test failed");
        }
        yield document;
      }
    };
  }

  private static JsonNode add(
      JsonNode document, JsonPointer path, JsonNode value, Operation operation) {
    if (path.isRoot()) {
      return value.deepCopy();
    }
    switch (find(document, path.parent(), operation)) {
      case ObjectNode object -> object.set(path.last(), value.deepCopy());
      case ArrayNode array ->
          array.insert(insertionIndex(path, array, operation), value.deepCopy());
      default -> throw missing(path, operation);
    }
    return document;
  }

  private static JsonNode remove(JsonNode document, JsonPointer path, Operation operation) {
    if (path.isRoot()) {
      throw PatchException.doesNotApply("remove operation: cannot remove the whole document");
    }
    switch (find(document, path.parent(), operation)) {
      case ObjectNode object -> object.remove(path.last());
      case ArrayNode array -> array.remove(index(path.last(), array.size() - 1, path, operation));
      default -> throw missing(path, operation);
    }
    return document;
  }

  private static JsonNode replace(
      JsonNode document, JsonPointer path, JsonNode value, Operation operation) {
    if (path.isRoot()) {
      return value.deepCopy();
    }
    switch (find(document, path.parent(), operation)) {
      case ObjectNode object -> object.set(path.last(), value.deepCopy());
      case ArrayNode array ->
          array.set(index(path.last(), array.size() - 1, path, operation), value.deepCopy());
      default -> throw missing(path, operation);
    }
    return document;
  }

  private static JsonNode find(JsonNode document, JsonPointer pointer, Operation operation) {
    JsonNode node = document;
    for (String segment : pointer.segments()) {
      node =
          switch (node) {
            case ObjectNode object when object.has(segment) -> object.path(segment);
            case ArrayNode array ->
                array.path(index(segment, array.size() - 1, pointer, operation));
            default -> throw missing(pointer, operation);
          };
    }
    return node;
  }

  /// Where to insert: `-` is the place after the last.
  private static int insertionIndex(JsonPointer path, ArrayNode array, Operation operation) {
    return path.last().equals("-")
        ? array.size()
        : index(path.last(), array.size(), path, operation);
  }

  private static int index(String segment, int max, JsonPointer pointer, Operation operation) {
    boolean number =
        !segment.isEmpty()
            && segment.length() < 10
            && segment.chars().allMatch(c -> c >= '0' && c <= '9')
            && (segment.equals("0") || segment.charAt(0) != '0');
    if (!number) {
      throw PatchException.doesNotApply(
          "%s operation does not apply: \"%s\" in %s is not an array index"
              .formatted(operation.op().word(), segment, pointer));
    }
    int index = Integer.parseInt(segment);
    if (index > max) {
      throw PatchException.doesNotApply(
          "%s operation does not apply: index %d of %s is out of bounds"
              .formatted(operation.op().word(), index, pointer));
    }
    return index;
  }

  private static PatchException missing(JsonPointer pointer, Operation operation) {
    return PatchException.doesNotApply(
        "%s operation does not apply: doc is missing path: %s: missing value"
            .formatted(operation.op().word(), pointer));
  }
}
