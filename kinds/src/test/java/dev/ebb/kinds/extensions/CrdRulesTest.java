package dev.ebb.kinds.extensions;

import static dev.ebb.kinds.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which definitions are sound, in the words of Kubernetes's API server.
final class CrdRulesTest {
  private static final String VALIDATION = "spec.validation.openAPIV3Schema";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {type: 'string'}|.type: Invalid value: "string": must be object at the root
          {}|.type: Required value: must not be empty at the root
          {type: 'object', nullable: true}|.nullable: Forbidden: nullable cannot be true at the root
          {type: 'object', additionalProperties: {type: 'string'}}|.additionalProperties: Forbidden: must not be used at the root
          {type: 'object', properties: {a: {}}}|.properties[a].type: Required value: must not be empty for specified object fields
          {type: 'object', properties: {a: {type: 'array'}}}|.properties[a].items: Required value: must be specified
          {type: 'object', properties: {a: {type: 'array', items: {}}}}|.properties[a].items.type: Required value: must not be empty for specified array items
          {type: 'object', properties: {a: {type: 'array', items: [{type: 'string'}]}}}|.properties[a].items: Required value: must be specified;.properties[a].items: Forbidden: items must be a schema object and not an array
          {type: 'object', properties: {a: {type: 'text'}}}|.properties[a].type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"
          {type: 'object', properties: {a: {type: 'null'}}}|.properties[a].type: Forbidden: type cannot be set to null, use nullable as an alternative
          {type: 'object', properties: {a: {$ref: '#/x'}}}|.properties[a].$ref: Forbidden: $ref is not supported
          {type: 'object', properties: {a: {type: 'array', uniqueItems: true, items: {type: 'string'}}}}|.properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic
          {type: 'object', properties: {a: {type: 'object', properties: {b: {type: 'string'}}, additionalProperties: {type: 'string'}}}}|.properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive
          {type: 'object', properties: {a: {type: 'string', pattern: '('}}}|.properties[a].pattern: Invalid value: "(": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): `(`
          {type: 'object', anyOf: [{type: 'object'}]}|.anyOf[0].type: Forbidden: must be empty to be structural
          {type: 'object', allOf: [{properties: {a: {minimum: 1}}}]}|.properties[a]: Required value: because it is defined in spec.validation.openAPIV3Schema.allOf[0].properties[a]
          {type: 'object', not: {description: 'x', nullable: true}}|.not.description: Forbidden: must be empty to be structural;.not.nullable: Forbidden: must be false to be structural
          {type: 'object', oneOf: [{properties: {metadata: {required: ['x']}}}]}|.oneOf[0].properties[metadata]: Forbidden: must not be specified in a nested context;.properties[metadata]: Required value: because it is defined in spec.validation.openAPIV3Schema.oneOf[0].properties[metadata]
          {type: 'object', properties: {metadata: {type: 'object', properties: {labels: {type: 'object'}}}}}|.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified
          {type: 'object', properties: {kind: {type: 'integer'}}}|.properties[kind].type: Invalid value: "integer": must be string
          {type: 'object', properties: {a: {type: 'string', default: 1}}}|.properties[a].default: Invalid value: 1: default in body must be of type string: "integer"
          {type: 'object', properties: {a: {type: 'object', default: {b: 1}}}}|.properties[a].default: Invalid value: {"b":1}: must not have unknown fields
          {type: 'object', properties: {metadata: {type: 'object', default: {}}}}|.properties[metadata].default: Forbidden: must not be set in top-level metadata
          {type: 'object', properties: {a: {'x-kubernetes-int-or-string': true, 'x-kubernetes-preserve-unknown-fields': true}}}|.properties[a].x-kubernetes-preserve-unknown-fields: Invalid value: true: must be false if x-kubernetes-int-or-string is true
          {type: 'object', properties: {a: {type: 'object', 'x-kubernetes-embedded-resource': true}}}|.properties[a].properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields
          {type: 'object', properties: {a: {type: 'string', 'x-kubernetes-list-type': 'set'}}}|.properties[a].type: Invalid value: "string": must be array if x-kubernetes-list-type is specified
          {type: 'object', properties: {a: {type: 'array', 'x-kubernetes-list-type': 'bag', items: {type: 'string'}}}}|.properties[a].x-kubernetes-list-type: Unsupported value: "bag": supported values: "atomic", "set", "map"
          {type: 'object', properties: {a: {type: 'array', 'x-kubernetes-list-type': 'set', items: {type: 'object'}}}}|.properties[a].items.x-kubernetes-map-type: Invalid value: "": must be atomic as item of a list with x-kubernetes-list-type=set
          {type: 'object', properties: {a: {type: 'array', 'x-kubernetes-list-map-keys': ['k'], items: {type: 'object'}}}}|.properties[a].x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty
          {type: 'object', properties: {a: {type: 'array', 'x-kubernetes-list-type': 'map', items: {type: 'object'}}}}|.properties[a].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map
          {type: 'object', properties: {a: {type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: {type: 'object'}}}}|.properties[a].x-kubernetes-list-map-keys: Invalid value: ["k"]: entries must all be names of item properties
          {type: 'object', properties: {a: {type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: {type: 'object', properties: {k: {type: 'string'}}}}}}|.properties[a].items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property
          {type: 'object', properties: {a: {type: 'string', 'x-kubernetes-map-type': 'atomic'}}}|.properties[a].type: Invalid value: "string": must be object if x-kubernetes-map-type is specified
          {type: 'object', properties: {a: {type: 'object', 'x-kubernetes-preserve-unknown-fields': false}}}|.properties[a].x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined
          {type: 'object', 'x-kubernetes-validations': [{rule: ' '}]}|.x-kubernetes-validations[0].rule: Required value: rule is not specified
          """)
  void anUnsoundSchemaIsToldWithItsPlace(String schema, String expected) {
    ObjectNode definition = sound();
    ((ObjectNode) definition.at("/spec/versions/0/schema")).set("openAPIV3Schema", json(schema));

    List<String> wanted = new ArrayList<>();
    for (String each : expected.split(";", -1)) {
      wanted.add(VALIDATION + each);
    }
    assertThat(errors(definition)).containsExactlyInAnyOrderElementsOf(wanted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {type: 'object', 'x-kubernetes-preserve-unknown-fields': true}
          {type: 'object', properties: {a: {'x-kubernetes-int-or-string': true, anyOf: [{type: 'integer'}, {type: 'string'}]}}}
          {type: 'object', properties: {a: {'x-kubernetes-int-or-string': true, allOf: [{anyOf: [{type: 'integer'}, {type: 'string'}]}, {minimum: 1}]}}}
          {type: 'object', properties: {metadata: {type: 'object', properties: {name: {type: 'string', maxLength: 5}}}}}
          {type: 'object', properties: {a: {type: 'object', additionalProperties: true}}}
          {type: 'object', properties: {a: {type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: {type: 'object', required: ['k'], properties: {k: {type: 'string'}}}}}}
          {type: 'object', properties: {a: {type: 'object', default: {}, properties: {b: {type: 'integer', default: 1}}}}}
          {type: 'object', properties: {a: {type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true}}}
          {type: 'object', properties: {a: {type: 'string'}, b: {type: 'string'}}, oneOf: [{required: ['a']}, {required: ['b'], properties: {b: {enum: ['x']}}}]}
          """)
  void aSoundSchemaIsTaken(String schema) {
    ObjectNode definition = sound();
    ((ObjectNode) definition.at("/spec/versions/0/schema")).set("openAPIV3Schema", json(schema));

    assertThat(errors(definition)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          /metadata|{name: 'x.home.dev'}|metadata.name: Invalid value: "x.home.dev": must be spec.names.plural+"."+spec.group
          /spec|{scope: 'Everywhere'}|spec.scope: Unsupported value: "Everywhere": supported values: "Cluster", "Namespaced"
          /spec|{preserveUnknownFields: true}|spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead
          /spec/versions/0|{storage: false}|spec.versions: must have exactly one version marked as storage version
          /spec/versions/0|{schema: {}}|spec.versions[0].schema.openAPIV3Schema: Required value
          /spec/versions/0|{name: 'V1'}|spec.versions[0].name: Invalid value: "V1"
          /spec/versions/0|{deprecationWarning: 'x'}|spec.versions[0].deprecationWarning: Invalid value: "x": can only be set for deprecated versions
          /spec/names|{listKind: 'Lamp'}|spec.names.listKind: Invalid value: "Lamp": kind and listKind may not be the same
          /spec/names|{kind: 'La mp'}|spec.names.kind: Invalid value: "La mp": may have mixed case, but should otherwise match
          /spec/names|{shortNames: ['A']}|spec.names.shortNames[0]: Invalid value: "A"
          /spec/conversion|{strategy: 'Magic'}|spec.conversion.strategy: Unsupported value: "Magic": supported values: "None", "Webhook"
          /spec/conversion|{strategy: 'Webhook'}|spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook
          /spec/versions/0|{subresources: {scale: {specReplicasPath: '.spec.a'}}}|spec.subresources.scale.statusReplicasPath: Required value
          /spec/versions/0|{subresources: {scale: {specReplicasPath: '.a', statusReplicasPath: '.status.a'}}}|spec.subresources.scale.specReplicasPath: Invalid value: ".a": should be a json path under .spec
          /spec/versions/0|{additionalPrinterColumns: [{name: 'A', type: 'color', jsonPath: 'x'}]}|spec.additionalPrinterColumns[0].type: Invalid value: "color": must be one of boolean,date,integer,number,string
          /spec/versions/0|{selectableFields: [{jsonPath: '.spec.none'}]}|spec.selectableFields[0].jsonPath: Invalid value: ".spec.none": is an invalid path
          /status|{storedVersions: ['v0', 'v1']}|status.storedVersions[0]: Invalid value: "v0": missing from spec.versions
          """)
  void anUnsoundDefinitionIsTold(String place, String change, String expected) {
    ObjectNode definition = sound();
    ((ObjectNode) definition.at(place)).setAll(json(change));

    assertThat(errors(definition))
        .anySatisfy(error ->
            assertThat(
                    error.replaceAll("spec.versions: Invalid value: \\[.*\\]: ", "spec.versions: "))
                .startsWith(expected));
  }

  @Test
  void defaultsAreThoseOfKubernetes() {
    ObjectNode definition = sound();

    assertThat(definition.at("/spec/names/singular").asString()).isEqualTo("lamp");
    assertThat(definition.at("/spec/names/listKind").asString()).isEqualTo("LampList");
    assertThat(definition.at("/spec/conversion/strategy").asString()).isEqualTo("None");
    assertThat(definition.at("/status/storedVersions").toString()).isEqualTo("[\"v1\"]");
  }

  @Test
  void whatIsNoWordOfASchemaIsPruned() {
    ObjectNode definition = sound();
    ((ObjectNode) definition.at("/spec/versions/0/schema"))
        .set(
            "openAPIV3Schema",
            json(
                "{type: 'object', typo: 1, properties: {typo: {type: 'object', typo: 1, default: {typo: 1}}}}"));

    assertThat(ExtensionKinds.DEFINITION.rules().unknownFields(definition))
        .containsExactly(
            "spec.versions[0].schema.openAPIV3Schema.typo",
            "spec.versions[0].schema.openAPIV3Schema.properties.typo.typo");
    ExtensionKinds.DEFINITION.rules().applyDefaults(definition, Optional.empty());

    assertThat(definition.at("/spec/versions/0/schema/openAPIV3Schema"))
        .isEqualTo(
            json("{type: 'object', properties: {typo: {type: 'object', default: {typo: 1}}}}"));
  }

  @Test
  void whatWasTakenOnceIsNotRefusedForWhatItWas() {
    ObjectNode old = sound();
    ((ObjectNode) old.at("/spec/versions/0/schema"))
        .set("openAPIV3Schema", json("{type: 'string'}"));
    ObjectNode next = old.deepCopy();
    ((ObjectNode) next.at("/metadata")).putObject("labels").put("a", "b");

    assertThat(
            ExtensionKinds.DEFINITION
                .rules()
                .validate(new KubernetesObject(next), Optional.of(new KubernetesObject(old))))
        .isEmpty();
  }

  @Test
  void namesStayWithAnEstablishedDefinition() {
    ObjectNode old = sound();
    ((ObjectNode) old.at("/status"))
        .putArray("conditions")
        .addObject()
        .put("type", "Established")
        .put("status", "True");
    ObjectNode next = old.deepCopy();
    ((ObjectNode) next.at("/spec")).put("scope", "Cluster");

    assertThat(
            ExtensionKinds.DEFINITION
                .rules()
                .validate(new KubernetesObject(next), Optional.of(new KubernetesObject(old))))
        .extracting(FieldError::field)
        .containsExactly("spec.scope");
  }

  @Test
  void warningsTellWhatIsNotDone() {
    ObjectNode definition = sound();
    ((ObjectNode) definition.at("/spec"))
        .set(
            "conversion",
            json(
                "{strategy: 'Webhook', webhook: {conversionReviewVersions: ['v1'], clientConfig: {url: 'https://example.com'}}}"));
    ((ObjectNode) definition.at("/spec/versions/0/schema"))
        .set(
            "openAPIV3Schema",
            json("{type: 'object', properties: {a: {type: 'string', format: 'roman'}}}"));

    assertThat(errors(definition)).isEmpty();
    assertThat(
            ExtensionKinds.DEFINITION
                .rules()
                .warnings(new KubernetesObject(definition), Optional.empty()))
        .anyMatch(warning -> warning.contains("Ebb calls no webhooks"))
        .contains("unrecognized format \"roman\"");
  }

  @Test
  void oldDefinitionsComeBackAsTheyWere() {
    ObjectNode old =
        json(
            """
            {apiVersion: 'apiextensions.k8s.io/v1beta1', kind: 'CustomResourceDefinition',
             metadata: {name: 'lamps.home.dev'}, spec: {
               group: 'home.dev', version: 'v1', scope: 'Namespaced',
               names: {kind: 'Lamp', plural: 'lamps', singular: 'lamp', listKind: 'LampList'},
               validation: {openAPIV3Schema: {type: 'object'}},
               subresources: {status: {}},
               additionalPrinterColumns: [{name: 'A', type: 'string', JSONPath: '.spec.a'}],
               conversion: {strategy: 'Webhook', webhookClientConfig: {url: 'https://example.com'}, conversionReviewVersions: ['v1']},
               versions: [{name: 'v1', served: true, storage: true}], preserveUnknownFields: true}}
            """);
    ObjectNode converted = old.deepCopy();

    CrdBetaConversion.CONVERSION.toStored(converted);
    JsonNode version = converted.at("/spec/versions/0");
    assertThat(version.at("/schema/openAPIV3Schema/type").asString()).isEqualTo("object");
    assertThat(version.at("/additionalPrinterColumns/0/jsonPath").asString()).isEqualTo(".spec.a");
    assertThat(converted.path("spec").has("version")).isFalse();
    CrdBetaConversion.CONVERSION.fromStored(converted);

    assertThat(converted).isEqualTo(old);
  }

  private static ObjectNode sound() {
    ObjectNode definition =
        json(
            """
            {apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition',
             metadata: {name: 'lamps.home.dev'}, spec: {
               group: 'home.dev', scope: 'Namespaced', names: {kind: 'Lamp', plural: 'lamps'},
               versions: [{name: 'v1', served: true, storage: true,
                 schema: {openAPIV3Schema: {type: 'object'}}}]}}
            """);
    ExtensionKinds.DEFINITION.rules().applyDefaults(definition, Optional.empty());
    return definition;
  }

  private static List<String> errors(ObjectNode definition) {
    KindDefinition kind = ExtensionKinds.DEFINITION;
    List<FieldError> errors = new ArrayList<>(kind.schema().validate(definition));
    errors.addAll(kind.rules().validate(new KubernetesObject(definition), Optional.empty()));
    return errors.stream().map(error -> error.field() + ": " + error.message()).toList();
  }
}
