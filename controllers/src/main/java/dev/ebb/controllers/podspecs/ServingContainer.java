package dev.ebb.controllers.podspecs;

import dev.ebb.images.FunctionImage;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// The container of a Revision that takes the requests.
public final class ServingContainer {
  /// What Knative gives a container that says no port.
  private static final int PORT = 8080;

  private ServingContainer() {}

  /// The one with a port, else the first.
  ///
  /// @param spec of a Revision
  public static JsonNode of(JsonNode spec) {
    JsonNode containers = spec.path("containers");
    for (JsonNode container : containers) {
      if (!container.path("ports").isEmpty()) {
        return container;
      }
    }
    return containers.isEmpty() ? MissingNode.getInstance() : containers.get(0);
  }

  /// A function learns its port from its runtime and needs none.
  static JsonNode withPort(JsonNode container) {
    if (!container.path("ports").isEmpty()
        || FunctionImage.parse(Json.text(container, "image")).isPresent()
        || !(container.deepCopy() instanceof ObjectNode copy)) {
      return container;
    }
    copy.putArray("ports").addObject().put("containerPort", PORT);
    return copy;
  }

  static JsonNode withImage(JsonNode container, UnaryOperator<String> resolved) {
    return container.deepCopy() instanceof ObjectNode copy
        ? copy.put("image", resolved.apply(Json.text(container, "image")))
        : container;
  }

  static JsonNode withImages(JsonNode spec, String field, UnaryOperator<String> resolved) {
    if (spec.path(field).isEmpty() || !(spec.deepCopy() instanceof ObjectNode copy)) {
      return spec;
    }
    var list = copy.putArray(field);
    spec.path(field).forEach(container -> list.add(withImage(container, resolved)));
    return copy;
  }
}
