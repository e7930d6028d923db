package dev.ebb.apiserver;

import dev.ebb.kinds.FieldError;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.DeleteOptions.Propagation;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `DeleteOptions` from the body of a request, or from its query when there is no body.
final class DeleteRequest {
  private DeleteRequest() {}

  static DeleteOptions read(Exchange exchange) {
    ObjectNode body =
        BodyFormat.optionalObject(exchange).orElseGet(JsonNodeFactory.instance::objectNode);
    JsonNode preconditions = body.path("preconditions");
    boolean dryRun = RequestOptions.dryRun(exchange, "DeleteOptions") || dryRun(body);
    return new DeleteOptions(
        propagation(exchange, body),
        text(preconditions, "uid"),
        text(preconditions, "resourceVersion"),
        dryRun);
  }

  private static Propagation propagation(Exchange exchange, ObjectNode body) {
    String policy =
        text(body, "propagationPolicy").or(() -> exchange.query("propagationPolicy")).orElse("");
    boolean orphan =
        body.path("orphanDependents").asBoolean(false)
            || RequestOptions.flag(exchange, "orphanDependents");
    return switch (policy) {
      case "" -> orphan ? Propagation.ORPHAN : Propagation.BACKGROUND;
      case "Background" -> Propagation.BACKGROUND;
      case "Foreground" -> Propagation.FOREGROUND;
      case "Orphan" -> Propagation.ORPHAN;
      default ->
          throw notSupported(
              "propagationPolicy", policy, "\"Background\", \"Foreground\", \"Orphan\"");
    };
  }

  private static boolean dryRun(ObjectNode body) {
    for (JsonNode value : body.path("dryRun")) {
      if (!value.asString("").equals("All")) {
        throw notSupported("dryRun", value.asString(""), "\"All\"");
      }
    }
    return !body.path("dryRun").isEmpty();
  }

  private static RuntimeException notSupported(String field, String value, String supported) {
    return Refusals.invalidOptions(
        "DeleteOptions",
        new FieldError(
            "FieldValueNotSupported",
            field,
            "Unsupported value: \"%s\": supported values: %s".formatted(value, supported)));
  }

  private static Optional<String> text(JsonNode node, String field) {
    return Optional.of(node.path(field).asString("")).filter(value -> !value.isEmpty());
  }
}
