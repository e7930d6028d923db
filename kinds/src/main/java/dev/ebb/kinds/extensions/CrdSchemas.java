package dev.ebb.kinds.extensions;

import static dev.ebb.kinds.SchemaBuilder.bool;
import static dev.ebb.kinds.SchemaBuilder.bytes;
import static dev.ebb.kinds.SchemaBuilder.dateTime;
import static dev.ebb.kinds.SchemaBuilder.freeObject;
import static dev.ebb.kinds.SchemaBuilder.int32;
import static dev.ebb.kinds.SchemaBuilder.int64;
import static dev.ebb.kinds.SchemaBuilder.listOf;
import static dev.ebb.kinds.SchemaBuilder.object;
import static dev.ebb.kinds.SchemaBuilder.string;

import dev.ebb.kinds.MetaSchemas;
import dev.ebb.kinds.SchemaBuilder;
import tools.jackson.databind.node.ObjectNode;

/// The schemas of CustomResourceDefinition.
final class CrdSchemas {
  private CrdSchemas() {}

  static ObjectNode v1() {
    return definition(
        spec(version("jsonPath"))
            .field("conversion", conversion())
            .field(
                "preserveUnknownFields",
                bool().doc("Keep fields that no schema names; only false can be set newly.")));
  }

  static ObjectNode v1beta1() {
    return definition(
        spec(version("JSONPath"))
            .field("version", string().doc("The first of the versions."))
            .field("validation", schemaHolder().doc("The schema of all versions."))
            .field("subresources", subresources())
            .field("additionalPrinterColumns", columns("JSONPath"))
            .field("selectableFields", selectableFields())
            .field(
                "conversion",
                object()
                    .required("strategy", string().doc("None or Webhook."))
                    .field("webhookClientConfig", clientConfig())
                    .field("conversionReviewVersions", listOf(string()).atomic()))
            .field("preserveUnknownFields", bool().doc("Keep fields that no schema names; true.")));
  }

  private static ObjectNode definition(SchemaBuilder spec) {
    return MetaSchemas.kind("A resource that a user adds to the API.")
        .required("spec", spec.doc("How the resource looks."))
        .field("status", status())
        .build();
  }

  private static SchemaBuilder spec(SchemaBuilder version) {
    return object()
        .field("group", string().doc("The API group: /apis/GROUP."))
        .field("names", names().doc("The names of the resource and its kind."))
        .field("scope", string().doc("Cluster or Namespaced."))
        .field("versions", listOf(version).atomic().doc("The versions of the resource."));
  }

  private static SchemaBuilder names() {
    return object()
        .field("plural", string().doc("The word of the URL."))
        .field("singular", string().doc("By default the kind in lower case."))
        .field("shortNames", listOf(string()).atomic().doc("What people type instead."))
        .field("kind", string().doc("The kind of the objects, in CamelCase."))
        .field("listKind", string().doc("The kind of a list; by default KINDList."))
        .field("categories", listOf(string()).atomic().doc("Groups such as 'all'."));
  }

  private static SchemaBuilder version(String jsonPath) {
    return object()
        .field("name", string().doc("v1, v2beta1, ..."))
        .field("served", bool().doc("Whether the API serves this version."))
        .field("storage", bool().doc("Whether objects are stored in this version; one must be."))
        .field("deprecated", bool().doc("Warn everybody who uses this version."))
        .field("deprecationWarning", string().doc("The warning, instead of a general one."))
        .field("schema", schemaHolder().doc("Validation, pruning and defaults."))
        .field("subresources", subresources())
        .field("additionalPrinterColumns", columns(jsonPath))
        .field("selectableFields", selectableFields());
  }

  private static SchemaBuilder schemaHolder() {
    return object().field("openAPIV3Schema", jsonSchema().preserveUnknownFields());
  }

  private static SchemaBuilder subresources() {
    return object()
        .doc("Parts of an object with a URL of their own.")
        .field("status", freeObject().doc("Status is written apart from the rest."))
        .field(
            "scale",
            object()
                .doc("Replicas as an autoscaling/v1 Scale.")
                .field("specReplicasPath", string().doc("A path under .spec."))
                .field("statusReplicasPath", string().doc("A path under .status."))
                .field("labelSelectorPath", string().doc("A path under .spec or .status.")));
  }

  private static SchemaBuilder columns(String jsonPath) {
    return listOf(
            object()
                .field("name", string().doc("The head of the column."))
                .field("type", string().doc("integer, number, string, boolean or date."))
                .field("format", string().doc("int32, int64, float, double, byte, date, ..."))
                .field("description", string())
                .field("priority", int32().doc("0 is always shown, more with -o wide."))
                .field(jsonPath, string().doc("Where the value is.")))
        .atomic()
        .doc("What kubectl get shows besides the name.");
  }

  private static SchemaBuilder selectableFields() {
    return listOf(object().field("jsonPath", string().doc("A path without arrays.")))
        .atomic()
        .doc("Fields for field selectors, at most 8.");
  }

  private static SchemaBuilder conversion() {
    return object()
        .doc("How objects go from one version to another.")
        .field("strategy", string().doc("None (only apiVersion changes) or Webhook."))
        .field(
            "webhook",
            object()
                .doc("Stored, never called.")
                .field("clientConfig", clientConfig())
                .field("conversionReviewVersions", listOf(string()).atomic()));
  }

  private static SchemaBuilder clientConfig() {
    return object()
        .field("url", string())
        .field("caBundle", bytes())
        .field(
            "service",
            object()
                .field("namespace", string())
                .field("name", string())
                .field("path", string())
                .field("port", int32()));
  }

  /// The words of a schema. Below its top a schema is any object here, because a structural schema
  /// cannot refer to itself; what is in it is checked by rules.
  private static SchemaBuilder jsonSchema() {
    SchemaBuilder schemas = listOf(freeObject()).atomic();
    return object()
        .doc("A structural schema in the words of OpenAPI v3.")
        .field("additionalProperties", any().doc("The schema of a map's values, or true."))
        .field("allOf", schemas)
        .field("anyOf", schemas)
        .field("default", any().doc("The value where there is none."))
        .field("description", string())
        .field("enum", listOf(any()).atomic())
        .field("example", any())
        .field("exclusiveMaximum", bool())
        .field("exclusiveMinimum", bool())
        .field("externalDocs", freeObject())
        .field("format", string())
        .field("items", any().doc("The schema of a list's items."))
        .field("maxItems", int64())
        .field("maxLength", int64())
        .field("maxProperties", int64())
        .field("maximum", number())
        .field("minItems", int64())
        .field("minLength", int64())
        .field("minProperties", int64())
        .field("minimum", number())
        .field("multipleOf", number())
        .field("not", freeObject())
        .field("nullable", bool())
        .field("oneOf", schemas)
        .field("pattern", string().doc("A regular expression in the syntax of RE2."))
        .field("properties", freeObject().doc("The schemas of the fields."))
        .field("required", listOf(string()).atomic())
        .field("title", string())
        .field("type", string())
        .field("uniqueItems", bool())
        .field("x-kubernetes-embedded-resource", bool())
        .field("x-kubernetes-int-or-string", bool())
        .field("x-kubernetes-list-map-keys", listOf(string()).atomic())
        .field("x-kubernetes-list-type", string().doc("atomic, set or map."))
        .field("x-kubernetes-map-type", string().doc("granular or atomic."))
        .field("x-kubernetes-preserve-unknown-fields", bool())
        .field(
            "x-kubernetes-validations",
            listOf(
                    object()
                        .field("rule", string().doc("An expression in CEL."))
                        .field("message", string())
                        .field("messageExpression", string())
                        .field("reason", string())
                        .field("fieldPath", string())
                        .field("optionalOldSelf", bool()))
                .keyedBy("rule"));
  }

  private static SchemaBuilder any() {
    return SchemaBuilder.any();
  }

  private static SchemaBuilder number() {
    return SchemaBuilder.number();
  }

  private static SchemaBuilder status() {
    return object()
        .doc("What has become of the definition.")
        .field("acceptedNames", names().doc("The names that are in use."))
        .field(
            "conditions",
            listOf(
                    object()
                        .required("type", string().doc("Established, NamesAccepted, ..."))
                        .required("status", string())
                        .field("reason", string())
                        .field("message", string())
                        .field("observedGeneration", int64())
                        .field("lastTransitionTime", dateTime().nullable()))
                .keyedBy("type"))
        .field("storedVersions", listOf(string()).atomic().doc("Versions that were ever stored."))
        .field("observedGeneration", int64());
  }
}
