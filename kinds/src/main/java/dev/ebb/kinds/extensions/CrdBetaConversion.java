package dev.ebb.kinds.extensions;

import dev.ebb.kinds.KindConversion;
import dev.ebb.kinds.SameJson;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Between `v1beta1`, which may say a schema, sub-resources and columns once for all versions, and
/// `v1`, which says them for each.
enum CrdBetaConversion implements KindConversion {
  CONVERSION;

  private static final List<String> SHARED =
      List.of("schema", "subresources", "additionalPrinterColumns", "selectableFields");

  @Override
  public void toStored(ObjectNode object) {
    if (!(object.path("spec") instanceof ObjectNode spec)) {
      return;
    }
    String first = spec.path("version").asString("");
    if (spec.path("versions").isEmpty() && !first.isEmpty()) {
      spec.putArray("versions")
          .addObject()
          .put("name", first)
          .put("served", true)
          .put("storage", true);
    }
    spec.remove("version");
    for (JsonNode node : spec.path("versions")) {
      if (node instanceof ObjectNode version) {
        for (String word : SHARED) {
          JsonNode shared = spec.path(ofAll(word));
          if (!shared.isMissingNode() && !shared.isNull() && !version.has(word)) {
            version.set(word, shared.deepCopy());
          }
        }
        rename(version.path("additionalPrinterColumns"), "JSONPath", "jsonPath");
      }
    }
    SHARED.forEach(word -> spec.remove(ofAll(word)));
    if (spec.path("preserveUnknownFields").isBoolean()
        && !spec.path("preserveUnknownFields").asBoolean()) {
      spec.remove("preserveUnknownFields");
    }
    if (spec.path("conversion") instanceof ObjectNode conversion
        && (conversion.has("webhookClientConfig") || conversion.has("conversionReviewVersions"))) {
      ObjectNode webhook = conversion.putObject("webhook");
      move(conversion, "webhookClientConfig", webhook, "clientConfig");
      move(conversion, "conversionReviewVersions", webhook, "conversionReviewVersions");
    }
  }

  @Override
  public void fromStored(ObjectNode object) {
    if (!(object.path("spec") instanceof ObjectNode spec)) {
      return;
    }
    JsonNode versions = spec.path("versions");
    if (!versions.isEmpty()) {
      spec.put("version", versions.path(0).path("name").asString(""));
    }
    for (String word : SHARED) {
      JsonNode first = versions.path(0).path(word);
      boolean same = !first.isMissingNode();
      for (JsonNode version : versions) {
        same &= SameJson.same(version.path(word), first);
      }
      if (same) {
        spec.set(ofAll(word), first);
        versions.forEach(version -> ((ObjectNode) version).remove(word));
      }
    }
    rename(spec.path("additionalPrinterColumns"), "jsonPath", "JSONPath");
    versions.forEach(
        version -> rename(version.path("additionalPrinterColumns"), "jsonPath", "JSONPath"));
    if (!spec.has("preserveUnknownFields")) {
      spec.put("preserveUnknownFields", false);
    }
    if (spec.path("conversion") instanceof ObjectNode conversion
        && conversion.path("webhook") instanceof ObjectNode webhook) {
      move(webhook, "clientConfig", conversion, "webhookClientConfig");
      move(webhook, "conversionReviewVersions", conversion, "conversionReviewVersions");
      conversion.remove("webhook");
    }
  }

  /// What `v1beta1` calls a word of a version when it is said for all versions.
  static String ofAll(String word) {
    return word.equals("schema") ? "validation" : word;
  }

  private static void rename(JsonNode columns, String from, String to) {
    if (columns instanceof ArrayNode array) {
      for (JsonNode column : array) {
        if (column instanceof ObjectNode fields && fields.has(from)) {
          fields.set(to, fields.remove(from));
        }
      }
    }
  }

  private static void move(ObjectNode source, String from, ObjectNode target, String to) {
    JsonNode value = source.remove(from);
    if (value != null) {
      target.set(to, value);
    }
  }
}
