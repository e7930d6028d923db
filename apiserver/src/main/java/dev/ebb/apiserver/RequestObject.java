package dev.ebb.apiserver;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ApiException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The object in the body of a request, made to agree with the URL.
///
/// @param duplicates the paths of fields that came twice
record RequestObject(KubernetesObject object, List<String> duplicates) {
  /// What the body leaves out (type, namespace) comes from the URL.
  ///
  /// @throws ApiException 400 when body and URL say different things
  static RequestObject read(Exchange exchange, GroupVersionKind type, ResourcePath path) {
    BodyFormat.Body body = BodyFormat.body(exchange, type.kind());
    ObjectNode object = body.object();
    setType(object, type);
    JsonNode metadata = object.path("metadata");
    if (metadata.isMissingNode() || metadata.isNull()) {
      object.putObject("metadata");
    } else if (!metadata.isObject()) {
      throw wrongType(type, metadata, "metadata", "v1.ObjectMeta");
    }
    ObjectNode fields = (ObjectNode) object.path("metadata");
    for (String field : List.of("name", "namespace", "generateName", "resourceVersion", "uid")) {
      JsonNode value = fields.path(field);
      if (!value.isMissingNode() && !value.isNull() && !value.isString()) {
        throw wrongType(type, value, "metadata." + field, "string");
      }
    }
    namespace(fields, path.namespace());
    if (!path.name().isEmpty()) {
      requireName(fields.path("name").asString(""), path.name());
    }
    return new RequestObject(new KubernetesObject(object), body.duplicates());
  }

  private static ApiException wrongType(
      GroupVersionKind type, JsonNode value, String field, String goType) {
    return ApiException.badRequest(
        "%s in version \"%s\" cannot be handled as a %s: json: cannot unmarshal %s into Go struct"
                .formatted(type.kind(), type.version(), type.kind(), BodyFormat.jsonType(value))
            + " field %s.%s of type %s".formatted(type.kind(), field, goType));
  }

  private static void setType(ObjectNode object, GroupVersionKind type) {
    String apiVersion = object.path("apiVersion").asString("");
    String kind = object.path("kind").asString("");
    if (!kind.isEmpty() && !kind.equals(type.kind())) {
      throw ApiException.badRequest(
          "%s in version \"%s\" cannot be handled as a %s: the kind in the data (%s) does not match"
                  .formatted(kind, type.version(), type.kind(), kind)
              + " the expected kind (%s)".formatted(type.kind()));
    }
    if (!apiVersion.isEmpty() && !apiVersion.equals(type.apiVersion())) {
      throw ApiException.badRequest(
          "the API version in the data (%s) does not match the expected API version (%s)"
              .formatted(apiVersion, type.apiVersion()));
    }
    object.put("apiVersion", type.apiVersion()).put("kind", type.kind());
  }

  private static void namespace(ObjectNode metadata, String ofUrl) {
    String given = metadata.path("namespace").asString("");
    if (ofUrl.isEmpty()) {
      metadata.remove("namespace"); // as Kubernetes, which passes over one that cannot be meant
    } else if (given.isEmpty()) {
      metadata.put("namespace", ofUrl);
    } else if (!given.equals(ofUrl)) {
      throw ApiException.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
  }

  private static void requireName(String given, String ofUrl) {
    if (given.isEmpty()) {
      throw ApiException.badRequest(
          "the name of the object (%s based on URL) was undeterminable: name must be provided"
              .formatted(ofUrl));
    }
    if (!given.equals(ofUrl)) {
      throw ApiException.badRequest(
          "the name of the object (%s) does not match the name on the URL (%s)"
              .formatted(given, ofUrl));
    }
  }
}
