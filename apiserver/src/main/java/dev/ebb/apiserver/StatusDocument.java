package dev.ebb.apiserver;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.resources.ApiStatus;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `metav1.Status`: what every error is answered with, and a deletion that is done.
final class StatusDocument {
  private StatusDocument() {}

  static ObjectNode failure(ApiStatus status) {
    ObjectNode document = start();
    if (!status.continueToken().isEmpty()) {
      document.withObject("/metadata").put("continue", status.continueToken());
    }
    document.put("status", "Failure").put("message", status.message());
    document.put("reason", status.reason());
    ObjectNode details = JsonNodeFactory.instance.objectNode();
    putUnlessEmpty(details, "name", status.name());
    putUnlessEmpty(details, "group", status.group());
    putUnlessEmpty(details, "kind", status.kind());
    if (!status.causes().isEmpty()) {
      ArrayNode causes = details.putArray("causes");
      for (FieldError cause : status.causes()) {
        ObjectNode entry = causes.addObject();
        entry.put("reason", cause.reason()).put("message", cause.message());
        putUnlessEmpty(entry, "field", cause.field());
      }
    }
    if (status.retryAfterSeconds() > 0) {
      details.put("retryAfterSeconds", status.retryAfterSeconds());
    }
    // kubectl looks into the details of what is not found without looking for them first.
    if (!details.isEmpty() || status.code() == 404) {
      document.set("details", details);
    }
    return document.put("code", status.code());
  }

  static ObjectNode deleted(KindDefinition kind, String name, String uid) {
    ObjectNode document = start().put("status", "Success");
    ObjectNode details = document.putObject("details").put("name", name);
    putUnlessEmpty(details, "group", kind.group());
    details.put("kind", kind.plural());
    putUnlessEmpty(details, "uid", uid);
    return document;
  }

  private static ObjectNode start() {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("kind", "Status").put("apiVersion", "v1").putObject("metadata");
    return document;
  }

  private static void putUnlessEmpty(ObjectNode node, String field, String value) {
    if (!value.isEmpty()) {
      node.put(field, value);
    }
  }
}
