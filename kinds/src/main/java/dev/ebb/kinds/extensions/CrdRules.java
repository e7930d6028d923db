package dev.ebb.kinds.extensions;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.Formats;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.Names;
import dev.ebb.kinds.ObjectMetaRules;
import dev.ebb.kinds.cel.CelRule;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Defaults and validation of a CustomResourceDefinition, in either of its versions; they are
/// checked in the form of `v1`.
record CrdRules(CrdVersion version) implements KindRules {
  @Override
  public void applyDefaults(ObjectNode object, Optional<KubernetesObject> previous) {
    if (!(object.path("spec") instanceof ObjectNode spec)) {
      return;
    }
    if (version == CrdVersion.V1BETA1) {
      betaDefaults(spec);
    }
    if (spec.path("names") instanceof ObjectNode names) {
      String kind = names.path("kind").asString("");
      defaultTo(names, "singular", kind.toLowerCase(Locale.ROOT));
      defaultTo(names, "listKind", kind.isEmpty() ? "" : kind + "List");
    }
    if (!spec.path("conversion").isObject()) {
      spec.putObject("conversion").put("strategy", "None");
    }
    JsonNode conversion = spec.path("conversion");
    for (JsonNode client :
        List.of(
            conversion.path("webhookClientConfig"),
            conversion.path("webhook").path("clientConfig"))) {
      if (client.path("service") instanceof ObjectNode service && !service.has("port")) {
        service.put("port", 443);
      }
    }
    CrdSchemaWords.pruneUnknown(spec.path("validation").path("openAPIV3Schema"));
    spec.path("versions")
        .forEach(each -> CrdSchemaWords.pruneUnknown(each.path("schema").path("openAPIV3Schema")));
    status(object, spec);
  }

  private static void betaDefaults(ObjectNode spec) {
    defaultTo(spec, "scope", "Namespaced");
    JsonNode versions = spec.path("versions");
    String first = spec.path("version").asString("");
    if (versions.isEmpty() && !first.isEmpty()) {
      spec.putArray("versions")
          .addObject()
          .put("name", first)
          .put("served", true)
          .put("storage", true);
    } else if (first.isEmpty() && !versions.isEmpty()) {
      spec.put("version", versions.path(0).path("name").asString(""));
    }
    if (spec.path("conversion").path("strategy").asString("").equals("Webhook")
        && spec.path("conversion").path("conversionReviewVersions").isEmpty()) {
      spec.withObject("/conversion").putArray("conversionReviewVersions").add("v1beta1");
    }
    if (!spec.has("preserveUnknownFields")) {
      spec.put("preserveUnknownFields", true);
    }
  }

  /// The server keeps account of the versions in which objects may lie in the store.
  private static void status(ObjectNode object, ObjectNode spec) {
    ObjectNode status = object.withObject("/status");
    if (!status.has("acceptedNames")) {
      status.putObject("acceptedNames").put("kind", "").put("plural", "");
    }
    if (!status.has("conditions")) {
      status.putArray("conditions");
    }
    Set<String> stored = new LinkedHashSet<>();
    status.path("storedVersions").forEach(name -> stored.add(name.asString("")));
    for (JsonNode each : spec.path("versions")) {
      if (each.path("storage").asBoolean(false)) {
        stored.add(each.path("name").asString(""));
        break;
      }
    }
    stored.forEach(status.putArray("storedVersions")::add);
  }

  @Override
  public List<String> unknownFields(ObjectNode object) {
    JsonNode spec = object.path("spec");
    List<String> unknown = new ArrayList<>();
    CrdSchemaWords.unknown(
        spec.path("validation").path("openAPIV3Schema"),
        "spec.validation.openAPIV3Schema",
        unknown);
    for (int i = 0; i < spec.path("versions").size(); i++) {
      CrdSchemaWords.unknown(
          spec.path("versions").path(i).path("schema").path("openAPIV3Schema"),
          "spec.versions[%d].schema.openAPIV3Schema".formatted(i),
          unknown);
    }
    return unknown;
  }

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    KubernetesObject definition = stored(object);
    List<FieldError> errors =
        new ArrayList<>(
            ObjectMetaRules.validate(
                definition,
                name ->
                    Names.dns1123Subdomain(name)
                        .or(() -> CrdValidation.wrongName(name, definition.spec()))));
    errors.addAll(
        new CrdValidation(definition.spec(), previous.map(this::stored), version).validate());
    errors.addAll(
        CrdValidation.storedVersions(
            definition.status().path("storedVersions"), definition.spec()));
    return errors;
  }

  @Override
  public List<String> warnings(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<String> warnings = new ArrayList<>();
    KubernetesObject definition = stored(object);
    for (JsonNode each : definition.spec().path("versions")) {
      CrdSchemaWords.forEach(
          each.path("schema").path("openAPIV3Schema"),
          schema -> {
            String format = schema.path("format").asString("");
            if (!format.isEmpty() && !Formats.isKnown(format)) {
              warnings.add("unrecognized format \"%s\"".formatted(format));
            }
            for (JsonNode rule : schema.path("x-kubernetes-validations")) {
              if (CelRule.compile(rule.path("rule").asString(""), "bool")
                  instanceof CelRule.Compiled.Lacking lacking) {
                warnings.add(
                    "x-kubernetes-validations: Ebb lacks the function %s; this rule is not evaluated: %s"
                        .formatted(lacking.function(), rule.path("rule").asString("")));
              }
            }
          });
    }
    if (definition.spec().path("conversion").path("strategy").asString("").equals("Webhook")) {
      warnings.add(
          "spec.conversion.strategy: Webhook: Ebb calls no webhooks; objects are converted as with"
              + " None, only their apiVersion changes");
    }
    return warnings.stream().distinct().toList();
  }

  private KubernetesObject stored(KubernetesObject object) {
    return version == CrdVersion.V1 ? object : object.with(CrdBetaConversion.CONVERSION::toStored);
  }

  private static void defaultTo(ObjectNode object, String field, String value) {
    if (object.path(field).asString("").isEmpty() && !value.isEmpty()) {
      object.put(field, value);
    }
  }
}
