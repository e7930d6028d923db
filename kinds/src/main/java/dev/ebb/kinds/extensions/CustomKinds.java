package dev.ebb.kinds.extensions;

import dev.ebb.kinds.CustomTraits;
import dev.ebb.kinds.KindConversion;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.MetaSchemas;
import dev.ebb.kinds.PrinterColumn;
import dev.ebb.kinds.ScalePaths;
import dev.ebb.kinds.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The kinds that a CustomResourceDefinition defines. Pure.
public final class CustomKinds {
  private CustomKinds() {}

  /// One version of a custom kind.
  ///
  /// @param served by the API; a version that is not may still be the stored one
  public record Version(KindDefinition kind, boolean served) {}

  /// Every version, whether or not it is served, with the names that the definition has got.
  ///
  /// @param definition in the form of `v1`, established
  public static List<Version> of(KubernetesObject definition) {
    JsonNode spec = definition.spec();
    String storage = "";
    for (JsonNode version : spec.path("versions")) {
      if (version.path("storage").asBoolean(false)) {
        storage = version.path("name").asString("");
      }
    }
    List<Version> versions = new ArrayList<>();
    for (JsonNode version : spec.path("versions")) {
      versions.add(
          new Version(kind(definition, version, storage), version.path("served").asBoolean(false)));
    }
    return versions;
  }

  private static KindDefinition kind(
      KubernetesObject definition, JsonNode version, String storage) {
    JsonNode spec = definition.spec();
    JsonNode names = definition.status().path("acceptedNames");
    String apiVersion = spec.path("group").asString("") + "/" + version.path("name").asString("");
    CustomTraits traits =
        new CustomTraits(
            names.path("listKind").asString(""),
            CrdConditions.isTrue(definition.status(), CrdConditions.TERMINATING)
                || definition.deletionTimestamp().isPresent(),
            selectable(version),
            scale(version.path("subresources").path("scale")));
    KindDefinition.Builder builder =
        KindDefinition.define(
                apiVersion,
                names.path("kind").asString(""),
                names.path("plural").asString(""),
                schema(spec, version))
            .singular(names.path("singular").asString(""))
            .shortNames(strings(names.path("shortNames")))
            .categories(strings(names.path("categories")))
            .columns(columns(version.path("additionalPrinterColumns")))
            .storedAs(storage, KindConversion.NONE)
            .custom(traits)
            .rules(new CustomRules(traits));
    if (!spec.path("scope").asString("").equals("Namespaced")) {
      builder.clusterScoped();
    }
    if (version.path("subresources").path("status").isObject()) {
      builder.withStatus();
    }
    if (version.path("deprecated").asBoolean(false)) {
      builder.deprecated(
          version
              .path("deprecationWarning")
              .asString(apiVersion + " " + names.path("kind").asString("") + " is deprecated"));
    }
    return builder.build();
  }

  /// The user's schema with what every object has. Without one nothing is checked; nothing is
  /// pruned without one, or by a definition of old that says so.
  private static Schema schema(JsonNode spec, JsonNode version) {
    JsonNode own = version.path("schema").path("openAPIV3Schema");
    boolean prunes = own.isObject() && !CrdValidation.preservesUnknown(spec);
    return prunes
        ? Schema.ofCustomResource(() -> whole(own))
        : Schema.withoutPruning(() -> whole(own));
  }

  private static ObjectNode whole(JsonNode own) {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    ObjectNode properties = schema.putObject("properties");
    MetaSchemas.kind("")
        .build()
        .path("properties")
        .properties()
        .forEach(field -> properties.set(field.getKey(), field.getValue()));
    if (!own.isObject()) {
      return schema.put("type", "object").put("x-kubernetes-preserve-unknown-fields", true);
    }
    own.properties()
        .forEach(word -> {
          if (!word.getKey().equals("properties")) {
            schema.set(word.getKey(), word.getValue());
          }
        });
    own.path("properties")
        .properties()
        .forEach(field -> {
          switch (field.getKey()) {
            case "metadata" -> nameRules(properties, field.getValue());
            case "apiVersion", "kind" -> {}
            default -> properties.set(field.getKey(), field.getValue());
          }
        });
    return schema.put("type", "object");
  }

  /// Of metadata a definition may constrain the names.
  private static void nameRules(ObjectNode properties, JsonNode own) {
    ObjectNode metadata = (ObjectNode) properties.path("metadata");
    for (String field : List.of("name", "generateName")) {
      JsonNode rules = own.path("properties").path(field);
      if (rules.isObject()) {
        metadata.withObject("/properties").set(field, rules);
      }
    }
  }

  private static PrinterColumn[] columns(JsonNode columns) {
    List<PrinterColumn> all = new ArrayList<>();
    for (JsonNode column : columns) {
      String type = column.path("type").asString("string");
      String path = column.path("jsonPath").asString("");
      all.add(
          new PrinterColumn(
              column.path("name").asString(""),
              type,
              column.path("format").asString(""),
              path,
              description(column),
              column.path("priority").asInt(0),
              new CustomCell(type, path)));
    }
    return all.toArray(PrinterColumn[]::new);
  }

  private static String description(JsonNode column) {
    String own = column.path("description").asString("");
    return own.isEmpty()
        ? "Custom resource definition column (in JSONPath format): "
            + column.path("jsonPath").asString("")
        : own;
  }

  private static List<String> selectable(JsonNode version) {
    return version
        .path("selectableFields")
        .valueStream()
        .map(field -> field.path("jsonPath").asString(".").substring(1))
        .toList();
  }

  private static Optional<ScalePaths> scale(JsonNode scale) {
    return scale.isObject()
        ? Optional.of(
            new ScalePaths(
                scale.path("specReplicasPath").asString(""),
                scale.path("statusReplicasPath").asString(""),
                scale.path("labelSelectorPath").asString("")))
        : Optional.empty();
  }

  private static String[] strings(JsonNode list) {
    return list.valueStream().map(node -> node.asString("")).toArray(String[]::new);
  }
}
