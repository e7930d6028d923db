package dev.ebb.apiserver;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ApiException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The object in the body of a request, made to agree with the URL.
final class RequestObject {
  private RequestObject() {}

  /// What the body leaves out (type, namespace, name) comes from the URL.
  ///
  /// @throws ApiException 400 when body and URL say different things
  static KubernetesObject read(Exchange exchange, GroupVersionKind type, ResourcePath path) {
    ObjectNode object = BodyFormat.object(exchange);
    setType(object, type);
    JsonNode metadata = object.path("metadata");
    if (metadata.isMissingNode() || metadata.isNull()) {
      object.putObject("metadata");
    } else if (!metadata.isObject()) {
      throw ApiException.badRequest("metadata must be an object");
    }
    ObjectNode fields = (ObjectNode) object.path("metadata");
    agree(fields, "namespace", path.namespace());
    agree(fields, "name", path.name());
    return new KubernetesObject(object);
  }

  private static void setType(ObjectNode object, GroupVersionKind type) {
    String apiVersion = object.path("apiVersion").asString("");
    String kind = object.path("kind").asString("");
    if ((!apiVersion.isEmpty() && !apiVersion.equals(type.apiVersion()))
        || (!kind.isEmpty() && !kind.equals(type.kind()))) {
      throw ApiException.badRequest(
          "the body is a %s of %s, but the URL is that of a %s of %s"
              .formatted(kind, apiVersion, type.kind(), type.apiVersion()));
    }
    object.put("apiVersion", type.apiVersion()).put("kind", type.kind());
  }

  private static void agree(ObjectNode metadata, String field, String ofUrl) {
    if (ofUrl.isEmpty()) {
      return;
    }
    JsonNode given = metadata.path(field);
    boolean absent = given.isMissingNode() || given.isNull();
    if (absent || given.asString("").isEmpty()) {
      metadata.put(field, ofUrl);
    } else if (!given.asString("").equals(ofUrl)) {
      throw ApiException.badRequest(
          "the %s of the provided object (%s) does not match the %s sent on the request (%s)"
              .formatted(field, given.asString(""), field, ofUrl));
    }
  }
}
