package dev.ebb.kinds;

import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// JSON for tests, with single quotes and bare names.
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(
              JsonReadFeature.ALLOW_SINGLE_QUOTES, JsonReadFeature.ALLOW_UNQUOTED_PROPERTY_NAMES)
          .build();

  private Json() {}

  public static ObjectNode json(String text) {
    return (ObjectNode) MAPPER.readTree(text);
  }

  public static KubernetesObject object(String text) {
    return new KubernetesObject(json(text));
  }
}
