package dev.ebb.kinds.core;

import dev.ebb.kinds.KindConversion;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Deployments and their like before `apps/v1`: without a selector they choose by the labels of
/// their template.
final class OldWorkload implements KindConversion {
  static final OldWorkload CONVERSION = new OldWorkload();

  private OldWorkload() {}

  @Override
  public void toStored(ObjectNode object) {
    JsonNode labels = object.path("spec").path("template").path("metadata").path("labels");
    if (object.path("spec") instanceof ObjectNode spec
        && SelectorRules.isEmpty(spec.path("selector"))
        && labels.isObject()) {
      spec.putObject("selector").set("matchLabels", labels.deepCopy());
    }
  }

  @Override
  public void fromStored(ObjectNode object) {}
}
