package dev.ebb.resources.local;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.Patch;
import dev.ebb.resources.apply.CompactRecord;
import dev.ebb.resources.patch.JsonPatch;
import dev.ebb.resources.patch.MergePatch;
import dev.ebb.resources.patch.PatchException;
import dev.ebb.resources.patch.StrategicMergePatch;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Applies a patch in whichever format it is.
final class Patches {
  private Patches() {}

  /// @throws ApiException 400 for a malformed patch, 422 for one that does not fit the object, 415
  ///   for a format that the kind does not take
  static KubernetesObject apply(KindDefinition kind, KubernetesObject object, Patch patch) {
    ObjectNode current = object.json();
    JsonNode managedFields = object.metadata().path("managedFields");
    if (!managedFields.isMissingNode()) {
      current = object.json().deepCopy(); // a patch may go into the record
      current.withObject("/metadata").set("managedFields", CompactRecord.expand(managedFields));
    }
    JsonNode patched;
    try {
      patched =
          switch (patch.type()) {
            case JSON -> JsonPatch.apply(current, patch.body());
            case MERGE -> MergePatch.apply(current, requireObject(patch));
            case STRATEGIC_MERGE -> {
              if (!kind.strategicMergePatch()) {
                throw unsupported(kind);
              }
              yield StrategicMergePatch.apply(
                  current, requireObject(patch), kind.schema().openApi());
            }
            case APPLY -> throw new IllegalArgumentException("apply is more than a patch");
          };
    } catch (PatchException e) {
      throw refusal(e);
    }
    if (!(patched instanceof ObjectNode json)) {
      throw ApiException.invalidPatch(patched.toString(), "the patch leaves no object");
    }
    return new KubernetesObject(json);
  }

  private static ApiException refusal(PatchException e) {
    return switch (e.sort()) {
      case MALFORMED -> ApiException.badRequest(e.problem());
      case TOO_LARGE -> ApiException.tooLarge("Request entity too large: " + e.problem());
      case DOES_NOT_APPLY ->
          // Kubernetes keeps what is wrong to itself; as a cause it does not change the message.
          ApiException.unprocessable(
              "the server rejected our request due to an error in our request",
              List.of(FieldError.invalid("patch", e.problem())));
    };
  }

  private static ObjectNode requireObject(Patch patch) {
    if (!(patch.body() instanceof ObjectNode body)) {
      throw ApiException.badRequest(
          "the body of a patch of type " + patch.type().mediaType() + " must be an object");
    }
    return body;
  }

  private static ApiException unsupported(KindDefinition kind) {
    String accepted =
        Arrays.stream(Patch.Type.values())
            .filter(type -> type != Patch.Type.STRATEGIC_MERGE || kind.strategicMergePatch())
            .map(Patch.Type::mediaType)
            .collect(Collectors.joining(", "));
    return ApiException.unsupportedMediaType(
        "the body of the request was in an unknown format - accepted media types include: "
            + accepted);
  }
}
