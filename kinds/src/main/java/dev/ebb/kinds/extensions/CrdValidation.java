package dev.ebb.kinds.extensions;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.Names;
import dev.ebb.kinds.SameJson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Whether the specification of a definition, in the form of `v1`, is sound. The rules and messages
/// are those of Kubernetes's API server; as there, what all versions share is told with the path
/// that it has in Kubernetes's own form: `spec.validation`.
final class CrdValidation {
  private static final String VERSIONS = "spec.versions";

  private final List<FieldError> errors = new ArrayList<>();
  private final JsonNode spec;
  private final Optional<JsonNode> old;
  private final boolean established;
  private final boolean legacy;

  /// @param stored in the form of `v1`; what was taken once is not refused for what it was
  /// @param version in which it is written: `v1beta1` does without schemas
  CrdValidation(JsonNode spec, Optional<KubernetesObject> stored, CrdVersion version) {
    this.spec = spec;
    this.old = stored.map(KubernetesObject::spec);
    this.established = stored.map(CrdConditions::isEstablished).orElse(false);
    this.legacy =
        version == CrdVersion.V1BETA1
            || old.map(CrdValidation::lacksSchema).orElse(false)
            || old.map(CrdValidation::preservesUnknown).orElse(false);
  }

  private static boolean lacksSchema(JsonNode spec) {
    return spec.path("versions")
        .valueStream()
        .anyMatch(version -> !version.path("schema").path("openAPIV3Schema").isObject());
  }

  static boolean preservesUnknown(JsonNode spec) {
    return spec.path("preserveUnknownFields").asBoolean(false);
  }

  /// As an end of the sentence "NAME ...".
  static Optional<String> wrongName(String name, JsonNode spec) {
    String expected =
        spec.path("names").path("plural").asString("") + "." + spec.path("group").asString("");
    return name.equals(expected)
        ? Optional.empty()
        : Optional.of("must be spec.names.plural+\".\"+spec.group");
  }

  List<FieldError> validate() {
    group();
    scope();
    preserveUnknown();
    versions();
    CrdNames.validate(spec.path("names"), "spec.names", /* complete= */ true, errors);
    conversion();
    immutable();
    return errors;
  }

  private void group() {
    String group = spec.path("group").asString("");
    if (group.isEmpty()) {
      required("spec.group", "");
    } else if (Names.dns1123Subdomain(group).isPresent()) {
      invalid("spec.group", group, Names.dns1123Subdomain(group).get());
    } else if (group.indexOf('.') < 0) {
      invalid("spec.group", group, "should be a domain with at least one dot");
    }
  }

  private void scope() {
    String scope = spec.path("scope").asString("");
    if (scope.isEmpty()) {
      required("spec.scope", "");
    } else if (!scope.equals("Cluster") && !scope.equals("Namespaced")) {
      errors.add(FieldError.notSupported("spec.scope", scope, List.of("Cluster", "Namespaced")));
    }
  }

  private void preserveUnknown() {
    if (preservesUnknown(spec) && !legacy) {
      invalid(
          "spec.preserveUnknownFields",
          true,
          "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in"
              + " spec.versions[*].schema instead");
    }
    boolean hasDefaults =
        schemas().stream()
            .anyMatch(schema -> CrdSchemaWords.any(schema, node -> node.has("default")));
    if (preservesUnknown(spec) && hasDefaults) {
      invalid(
          "spec.preserveUnknownFields",
          true,
          "must be false in order to use defaults in the schema");
    }
  }

  private List<JsonNode> schemas() {
    return spec.path("versions")
        .valueStream()
        .map(version -> version.path("schema").path("openAPIV3Schema"))
        .toList();
  }

  /// Nothing is pruned by a schema that is not structural, so only old definitions may have one.
  private boolean mustBeStructural() {
    return !preservesUnknown(spec)
        || !legacy
        || schemas().stream()
            .anyMatch(schema ->
                CrdSchemaWords.any(
                    schema,
                    node -> node.has("default") || CrdSchemaWords.hasKubernetesExtensions(node)));
  }

  private void versions() {
    JsonNode versions = spec.path("versions");
    Set<String> names = new HashSet<>();
    int stored = 0;
    boolean unique = true;
    for (int i = 0; i < versions.size(); i++) {
      JsonNode version = versions.path(i);
      String path = VERSIONS + "[" + i + "]";
      String name = version.path("name").asString("");
      stored += version.path("storage").asBoolean(false) ? 1 : 0;
      unique &= names.add(name);
      Names.dns1035Label(name).ifPresent(wrong -> invalid(path + ".name", name, wrong));
      deprecation(version, path);
      boolean schemaMissing = !version.path("schema").path("openAPIV3Schema").isObject();
      if (schemaMissing && !legacy) {
        required(path + ".schema.openAPIV3Schema", "");
      } else if (schemaMissing
          && !preservesUnknown(spec)
          && version.path("served").asBoolean(false)) {
        required(path + ".schema.openAPIV3Schema", "because otherwise all fields are pruned");
      }
    }
    if (!unique) {
      invalid(VERSIONS, versions, "must contain unique version names");
    }
    if (stored != 1) {
      invalid(VERSIONS, versions, "must have exactly one version marked as storage version");
    }
    each("schema", "spec.validation", ".schema", this::schema);
    each(
        "subresources",
        "spec.subresources",
        ".subresources",
        (version, path) ->
            errors.addAll(CrdPaths.subresources(version.path("subresources"), path)));
    each(
        "additionalPrinterColumns",
        "spec.additionalPrinterColumns",
        ".additionalPrinterColumns",
        (version, path) ->
            errors.addAll(CrdPaths.columns(version.path("additionalPrinterColumns"), path)));
    each(
        "selectableFields",
        "spec.selectableFields",
        ".selectableFields",
        (version, path) ->
            errors.addAll(
                CrdPaths.selectableFields(
                    version.path("selectableFields"),
                    version.path("schema").path("openAPIV3Schema"),
                    path)));
  }

  private interface Check {
    void of(JsonNode version, String path);
  }

  /// Checks a word of every version; once, with a path of its own, where it is the same in all.
  private void each(String word, String shared, String own, Check check) {
    JsonNode versions = spec.path("versions");
    JsonNode first = versions.path(0).path(word);
    boolean same = true;
    for (JsonNode version : versions) {
      same &= SameJson.same(version.path(word), first);
    }
    if (same && !first.isMissingNode()) {
      check.of(versions.path(0), shared);
      return;
    }
    for (int i = 0; i < versions.size(); i++) {
      if (versions.path(i).has(word)) {
        check.of(versions.path(i), VERSIONS + "[" + i + "]" + own);
      }
    }
  }

  private void schema(JsonNode version, String path) {
    JsonNode schema = version.path("schema").path("openAPIV3Schema");
    if (schema.isObject() && !wasTaken(version)) {
      boolean status = version.path("subresources").path("status").isObject();
      errors.addAll(
          CrdSchemaValidation.validate(
              schema, path + ".openAPIV3Schema", status, mustBeStructural()));
    }
  }

  /// Whether the stored definition has this very schema.
  private boolean wasTaken(JsonNode version) {
    return old.stream()
        .flatMap(before -> before.path("versions").valueStream())
        .filter(before -> before.path("name").equals(version.path("name")))
        .anyMatch(before ->
            SameJson.same(before.path("schema"), version.path("schema"))
                && SameJson.same(before.path("subresources"), version.path("subresources")));
  }

  private void deprecation(JsonNode version, String path) {
    JsonNode warning = version.path("deprecationWarning");
    if (!warning.isString()) {
      return;
    }
    String text = warning.asString();
    String field = path + ".deprecationWarning";
    if (!version.path("deprecated").asBoolean(false)) {
      invalid(field, text, "can only be set for deprecated versions");
    }
    if (text.length() > 256) {
      invalid(field, text, "must be <= 256 characters long");
    }
    if (text.isEmpty()) {
      invalid(field, text, "must not be an empty string");
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        invalid(
            field,
            text,
            "must only contain printable UTF-8 characters; non-printable character found at index "
                + i);
        break;
      }
    }
  }

  private void conversion() {
    JsonNode conversion = spec.path("conversion");
    String strategy = conversion.path("strategy").asString("");
    JsonNode webhook = conversion.path("webhook");
    String path = "spec.conversion";
    if (strategy.isEmpty()) {
      required(path + ".strategy", "");
    } else if (!strategy.equals("None") && !strategy.equals("Webhook")) {
      errors.add(FieldError.notSupported(path + ".strategy", strategy, List.of("None", "Webhook")));
    }
    if (!strategy.equals("Webhook")) {
      if (webhook.has("clientConfig")) {
        forbidden(
            path + ".webhookClientConfig", "should not be set when strategy is not set to Webhook");
      }
      if (!webhook.path("conversionReviewVersions").isEmpty()) {
        forbidden(
            path + ".conversionReviewVersions",
            "should not be set when strategy is not set to Webhook");
      }
      return;
    }
    if (preservesUnknown(spec)) {
      invalid(path + ".strategy", strategy, "must be None if spec.preserveUnknownFields is true");
    }
    JsonNode client = webhook.path("clientConfig");
    if (!client.isObject()) {
      required(path + ".webhookClientConfig", "required when strategy is set to Webhook");
    } else if (client.has("url") == client.has("service")) {
      required(path + ".webhookClientConfig", "exactly one of url or service is required");
    }
    Set<String> versions = new HashSet<>();
    webhook.path("conversionReviewVersions").forEach(name -> versions.add(name.asString("")));
    if (versions.isEmpty()) {
      required(path + ".conversionReviewVersions", "");
    } else if (!versions.contains("v1") && !versions.contains("v1beta1")) {
      invalid(
          path + ".conversionReviewVersions",
          webhook.path("conversionReviewVersions"),
          "must include at least one of v1, v1beta1");
    }
  }

  /// Where objects lie in the store depends on these.
  private void immutable() {
    if (old.isEmpty()) {
      return;
    }
    List<List<String>> paths =
        new ArrayList<>(List.of(List.of("group"), List.of("names", "plural")));
    if (established) {
      paths.add(List.of("scope"));
      paths.add(List.of("names", "kind"));
    }
    for (List<String> path : paths) {
      JsonNode before = old.get();
      JsonNode now = spec;
      for (String word : path) {
        before = before.path(word);
        now = now.path(word);
      }
      if (!before.equals(now)) {
        invalid("spec." + String.join(".", path), now, "field is immutable");
      }
    }
  }

  static List<FieldError> storedVersions(JsonNode stored, JsonNode spec) {
    List<FieldError> errors = new ArrayList<>();
    String path = "status.storedVersions";
    Set<String> names = new HashSet<>();
    spec.path("versions").forEach(version -> names.add(version.path("name").asString("")));
    for (int i = 0; i < stored.size(); i++) {
      String name = stored.path(i).asString("");
      if (!names.contains(name)) {
        errors.add(
            FieldError.invalid(
                "%s[%d]".formatted(path, i),
                name,
                ("missing from spec.versions; %s was previously a storage version, and must remain"
                        + " in spec.versions until a storage migration ensures no data remains"
                        + " persisted in %s and removes %s from status.storedVersions")
                    .formatted(name, name, name)));
      }
    }
    return errors;
  }

  private void invalid(String path, Object value, String why) {
    errors.add(FieldError.invalid(path, value, why));
  }

  private void required(String path, String why) {
    errors.add(
        FieldError.required(path, why.isEmpty() ? "Required value" : "Required value: " + why));
  }

  private void forbidden(String path, String why) {
    errors.add(FieldError.forbidden(path, "Forbidden: " + why));
  }
}
