package dev.ebb.kinds;

import static dev.ebb.kinds.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/// The words that only schemas of users have.
final class CustomSchemaTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {type: 'integer', multipleOf: 5}|10|11|Invalid value: 11: v in body should be a multiple of 5
          {type: 'number', multipleOf: 0.1}|0.3|0.35|Invalid value: 0.35: v in body should be a multiple of 0.1
          {type: 'integer', minimum: 1, exclusiveMinimum: true}|2|1|Invalid value: 1: v in body should be greater than 1
          {type: 'integer', maximum: 9, exclusiveMaximum: true}|8|9|Invalid value: 9: v in body should be less than 9
          {type: 'array', uniqueItems: true, items: {type: 'integer'}}|[1,2]|[1,1]|Invalid value: [1,1]: v in body shouldn't contain duplicates
          {type: 'array', maxItems: 1, items: {type: 'integer'}}|[1]|[1,2]|Too many: 2: must have at most 1 items
          {type: 'object', minProperties: 1, additionalProperties: {type: 'string'}}|{a: 'b'}|{}|Invalid value: {}: v in body should have at least 1 properties
          {type: 'object', maxProperties: 1, additionalProperties: {type: 'string'}}|{a: 'b'}|{a: 'b', c: 'd'}|Too many: 2: must have at most 1 items
          {type: 'integer', enum: [1, 2]}|2.0|3|Unsupported value: 3: supported values: "1", "2"
          {type: 'string', nullable: true}|null|1|Invalid value: 1: v in body must be of type string: "integer"
          {type: 'array', 'x-kubernetes-list-type': 'set', items: {type: 'string'}}|['a','b']|['a','a']|Duplicate value: "a"
          {type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k','p'], items: {type: 'object', properties: {k: {type: 'string'}, p: {type: 'string', default: 'T'}}}}|[{k: 'a'}, {k: 'a', p: 'U'}]|[{k: 'a'}, {k: 'a', p: 'T'}]|Duplicate value: {"k":"a","p":"T"}
          {type: 'object', 'x-kubernetes-embedded-resource': true}|{apiVersion: 'v1', kind: 'X', metadata: {name: 'a'}}|{apiVersion: 'v1'}|Required value: must not be empty
          {type: 'object', properties: {a: {type: 'string'}}, not: {required: ['a']}}|{}|{a: 'x'}|Invalid value: "": "v" must not validate the schema (not)
          {type: 'string', pattern: '(a*)*b$'}|`'aab'`|`'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac'`|Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac": v in body should match '(a*)*b$'
          """)
  void aValueFitsOrIsTold(String schema, String good, String bad, String message) {
    assertThat(validate(schema, good)).isEmpty();
    assertThat(validate(schema, bad)).extracting(FieldError::message).containsExactly(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          anyOf|{a: 1}|{}|"v" must validate at least one schema (anyOf)
          anyOf|{a: 1, b: 1}|{c: 1}|"v" must validate at least one schema (anyOf)
          oneOf|{b: 1}|{}|"v" must validate one and only one schema (oneOf). Found none valid
          oneOf|{a: 1}|{a: 1, b: 1}|"v" must validate one and only one schema (oneOf). Found 2 valid alternatives
          allOf|{a: 1, b: 1}|{a: 1}|"v" must validate all the schemas (allOf)
          allOf|{a: 1, b: 1}|{}|"v" must validate all the schemas (allOf). None validated
          """)
  void junctorsSayWhichOfThemFailed(String word, String good, String bad, String message) {
    String schema =
        "{type: 'object', properties: {a: {type: 'integer'}, b: {type: 'integer'}, c: {type: 'integer'}}, %s: [{required: ['a']}, {required: ['b']}]}"
            .formatted(word);

    assertThat(validate(schema, good)).isEmpty();
    assertThat(validate(schema, bad))
        .extracting(FieldError::field, FieldError::message)
        .contains(tuple("<nil>", "Invalid value: \"\": " + message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          date-time|2026-01-01T00:00:00Z|2026-01-01
          date-time|2026-01-01T00:00:00.5+02:00|2026-13-01T00:00:00Z
          date|2026-02-28|2026-02-30
          duration|1h30m|soon
          duration|3 days|3 moons
          byte|aGVsbG8=|aGVsbG8
          email|a.b@example.com|example.com
          hostname|a.example.com|-a.example.com
          ipv4|10.0.0.1|10.0.0.256
          ipv4|0.0.0.0|010.0.0.1
          ipv6|::1|127.0.0.1
          ipv6|2001:db8::1|2001:db8::1::2
          cidr|10.0.0.0/8|10.0.0.0/33
          cidr|2001:db8::/32|10.0.0.0
          mac|00:1b:63:84:45:e6|00:1b:63:84:45
          uri|https://example.com/x|not a uri
          uuid|123e4567-e89b-12d3-a456-426614174000|123e4567
          uuid4|123e4567-e89b-42d3-a456-426614174000|123e4567-e89b-12d3-a456-426614174000
          hexcolor|#fff|#ffg
          rgbcolor|rgb(1, 2, 3)|rgb(1, 2)
          bsonobjectid|507f1f77bcf86cd799439011|507f1f77
          """)
  void formatsAreChecked(String format, String good, String bad) {
    String schema = "{type: 'string', format: '%s'}".formatted(format);

    assertThat(validate(schema, "'" + good + "'")).isEmpty();
    assertThat(validate(schema, "'" + bad + "'"))
        .extracting(FieldError::reason, FieldError::field, FieldError::message)
        .containsExactly(
            tuple(
                "FieldValueTypeInvalid",
                "v",
                "Invalid value: \"%s\": v in body must be of type %s: \"%s\""
                    .formatted(bad, format, bad)));
  }

  @Test
  void anUnknownFormatConstrainsNothing() {
    assertThat(validate("{type: 'string', format: 'k8s-label'}", "'anything !'")).isEmpty();
  }

  @Test
  void whatDidNotChangeIsNotRefusedAgain() {
    Schema schema =
        schema(
            "{type: 'object', properties: {a: {type: 'string', maxLength: 1}, b: {type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: {type: 'object', properties: {k: {type: 'string'}, v: {type: 'string', maxLength: 1}}}}}}");
    ObjectNode old = json("{v: {a: 'long', b: [{k: 'x', v: 'long'}]}}");

    assertThat(schema.validate(json("{v: {a: 'long', b: [{k: 'n'}, {k: 'x', v: 'long'}]}}"), old))
        .isEmpty();
    assertThat(schema.validate(json("{v: {a: 'other', b: []}}"), old))
        .extracting(FieldError::field)
        .containsExactly("v.a");
  }

  @Test
  void anEmbeddedObjectKeepsItsTypeAndMetadata() {
    Schema schema =
        schema(
            "{type: 'object', 'x-kubernetes-embedded-resource': true, properties: {spec: {type: 'object', properties: {a: {type: 'string'}}}}}");
    ObjectNode object =
        json(
            "{v: {apiVersion: 'v1', kind: 'X', metadata: {name: 'n', odd: 1}, spec: {a: 'b', c: 1}, more: 1}}");

    schema.prune(object);

    assertThat(object)
        .isEqualTo(
            json("{v: {apiVersion: 'v1', kind: 'X', metadata: {name: 'n'}, spec: {a: 'b'}}}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ^[a-z]{1,63}$|``
          [[:alpha:]]+\\d{3}|``
          ((a{100}){100}){100}|expression too large
          (a{1000}){1000}|expression too large
          a{1001}|invalid repeat count
          (?=a)|invalid or unsupported Perl syntax
          (a|missing closing )
          """)
  void aPatternIsCheckedAndBounded(String pattern, String wrong) {
    assertThat(SchemaPattern.check(pattern)).contains(wrong);
    assertThat(SchemaPattern.check(pattern).isEmpty()).isEqualTo(wrong.isEmpty());
  }

  private static Schema schema(String ofV) {
    ObjectNode root = json("{type: 'object', properties: {}}");
    ((ObjectNode) root.path("properties")).set("v", json(ofV));
    return Schema.ofCustomResource(() -> root);
  }

  private static List<FieldError> validate(String schema, String value) {
    return schema(schema).validate(json("{v: " + value + "}"));
  }
}
