package dev.ebb.kinds.settings;

import dev.ebb.kinds.ConfigSource;
import dev.ebb.kinds.yaml.ManifestException;
import dev.ebb.kinds.yaml.YamlReader;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Whose domains are which: the ConfigMap `config-domain`. Each key is a domain, its value empty
/// for the default, or a label selector in YAML.
public final class DomainSelectors {
  private static final ParsedConfig<Map<String, Map<String, String>>> NOW =
      new ParsedConfig<>(SystemSettings.DOMAIN, DomainSelectors::of);

  private DomainSelectors() {}

  /// As of now.
  public static Map<String, Map<String, String>> now(ConfigSource config) {
    return NOW.now(config);
  }

  /// @return the labels that a Route must have, by domain
  /// @throws InvalidSettingException for what is no selector
  public static Map<String, Map<String, String>> of(Map<String, String> configDomain) {
    Map<String, Map<String, String>> selectors = new HashMap<>();
    configDomain.forEach((domain, yaml) -> {
      if (!domain.startsWith("_")) {
        selectors.put(domain, selector(domain, yaml));
      }
    });
    return Map.copyOf(selectors);
  }

  private static Map<String, String> selector(String domain, String yaml) {
    List<JsonNode> documents;
    try {
      documents = YamlReader.readAll(yaml);
    } catch (ManifestException e) {
      throw new InvalidSettingException(message(domain, String.valueOf(e.getMessage())), e);
    }
    if (documents.stream().allMatch(JsonNode::isNull)) {
      return Map.of();
    }
    JsonNode value = documents.getFirst();
    JsonNode selector = value.path("selector");
    boolean none = selector.isMissingNode() || selector.isNull();
    if (!value.isObject() || !(none || selector.isObject())) {
      throw new InvalidSettingException(message(domain, "expected a map with a selector"));
    }
    Map<String, String> labels = new LinkedHashMap<>();
    selector
        .properties()
        .forEach(label -> {
          if (!label.getValue().isString()) {
            throw new InvalidSettingException(
                message(
                    domain,
                    "the selector's value of %s is no string"
                        .formatted(SettingValues.quote(label.getKey()))));
          }
          labels.put(label.getKey(), label.getValue().asString(""));
        });
    return Map.copyOf(labels);
  }

  private static String message(String domain, String why) {
    return "failed to parse %s: %s".formatted(SettingValues.quote(domain), why);
  }
}
