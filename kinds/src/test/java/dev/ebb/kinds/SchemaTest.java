package dev.ebb.kinds;

import static dev.ebb.kinds.Json.json;
import static dev.ebb.kinds.SchemaBuilder.bool;
import static dev.ebb.kinds.SchemaBuilder.freeObject;
import static dev.ebb.kinds.SchemaBuilder.int32;
import static dev.ebb.kinds.SchemaBuilder.int64;
import static dev.ebb.kinds.SchemaBuilder.intOrString;
import static dev.ebb.kinds.SchemaBuilder.listOf;
import static dev.ebb.kinds.SchemaBuilder.mapOf;
import static dev.ebb.kinds.SchemaBuilder.object;
import static dev.ebb.kinds.SchemaBuilder.string;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class SchemaTest {
  private static final Schema SCHEMA =
      new Schema(
          object()
              .field(
                  "spec",
                  object()
                      .required("name", string().pattern("^[a-z]+$").maxLength(5))
                      .field("color", string().oneOf("red", "blue").defaultTo("red"))
                      .field("count", int32().range(0, 10))
                      .field("big", int64())
                      .field("on", bool())
                      .field("port", intOrString())
                      .field("when", string().nullable().defaultTo("now"))
                      .field("labels", mapOf(string()))
                      .field("free", freeObject().field("known", bool()))
                      .field(
                          "items",
                          listOf(
                                  object()
                                      .required("key", string())
                                      .field("protocol", string().defaultTo("TCP")))
                              .minItems(1)))
              .build());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{spec: {name: 'abc'}}",
        "{spec: {name: 'abc', color: 'blue', count: 10, big: 9223372036854775807, on: true}}",
        "{spec: {name: 'abc', count: 3.0}}",
        "{spec: {name: 'abc', port: 80}}",
        "{spec: {name: 'abc', port: 'http'}}",
        "{spec: {name: 'abc', when: null}}",
        "{spec: {name: 'abc', labels: {a: 'b'}, items: [{key: 'k'}]}}",
        "{spec: {name: 'abc', free: {known: true, other: [1]}}}",
        "{spec: {name: 'abc', unknown: 1}}"
      })
  void whatFitsHasNoErrors(String object) {
    assertThat(SCHEMA.validate(json(object))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {spec: {}}|FieldValueRequired|spec.name|Required value
          {spec: []}|FieldValueTypeInvalid|spec|Invalid value: []: spec in body must be of type object: "array"
          {spec: {name: null}}|FieldValueTypeInvalid|spec.name|Invalid value: null: spec.name in body must be of type string: "null"
          {spec: {name: 1}}|FieldValueTypeInvalid|spec.name|Invalid value: 1: spec.name in body must be of type string: "integer"
          {spec: {name: 'A'}}|FieldValueInvalid|spec.name|Invalid value: "A": spec.name in body should match '^[a-z]+$'
          {spec: {name: 'abcdef'}}|FieldValueTooLong|spec.name|Too long: may not be more than 5 characters
          {spec: {name: 'a', color: 'pink'}}|FieldValueNotSupported|spec.color|Unsupported value: "pink": supported values: "red", "blue"
          {spec: {name: 'a', count: 11}}|FieldValueInvalid|spec.count|Invalid value: 11: spec.count in body should be less than or equal to 10
          {spec: {name: 'a', count: -1}}|FieldValueInvalid|spec.count|Invalid value: -1: spec.count in body should be greater than or equal to 0
          {spec: {name: 'a', count: 1.5}}|FieldValueTypeInvalid|spec.count|Invalid value: 1.5: spec.count in body must be of type integer: "number"
          {spec: {name: 'a', count: 3000000000}}|FieldValueTypeInvalid|spec.count|Invalid value: 3000000000: spec.count in body must be of type integer: "integer"
          {spec: {name: 'a', big: 9223372036854775808}}|FieldValueTypeInvalid|spec.big|Invalid value: 9223372036854775808: spec.big in body must be of type integer: "integer"
          {spec: {name: 'a', on: 'yes'}}|FieldValueTypeInvalid|spec.on|Invalid value: "yes": spec.on in body must be of type boolean: "string"
          {spec: {name: 'a', port: true}}|FieldValueTypeInvalid|spec.port|Invalid value: true: spec.port in body must be of type integer,string: "boolean"
          {spec: {name: 'a', labels: {x: 1}}}|FieldValueTypeInvalid|spec.labels[x]|Invalid value: 1: spec.labels[x] in body must be of type string: "integer"
          {spec: {name: 'a', free: {known: 1}}}|FieldValueTypeInvalid|spec.free.known|Invalid value: 1: spec.free.known in body must be of type boolean: "integer"
          {spec: {name: 'a', items: []}}|FieldValueInvalid|spec.items|Invalid value: 0: spec.items in body should have at least 1 items
          {spec: {name: 'a', items: [{key: 'k'}, {}]}}|FieldValueRequired|spec.items[1].key|Required value
          """)
  void whatDoesNotFitIsToldWithItsPath(String object, String reason, String field, String message) {
    assertThat(SCHEMA.validate(json(object)))
        .extracting(FieldError::reason, FieldError::field, FieldError::message)
        .containsExactly(tuple(reason, field, message));
  }

  @Test
  void allErrorsAreToldAtOnce() {
    assertThat(SCHEMA.validate(json("{spec: {count: 11, on: 1}}")))
        .extracting(FieldError::field)
        .containsExactly("spec.name", "spec.count", "spec.on");
  }

  @Test
  void defaultsFillInWhatIsAbsentInsideOfWhatIsPresent() {
    ObjectNode object = json("{spec: {items: [{key: 'a'}, {key: 'b', protocol: 'UDP'}]}}");
    SCHEMA.applyDefaults(object);
    assertThat(object)
        .isEqualTo(
            json(
                "{spec: {items: [{key: 'a', protocol: 'TCP'}, {key: 'b', protocol: 'UDP'}],"
                    + " color: 'red', when: 'now'}}"));
    ObjectNode empty = json("{}");
    SCHEMA.applyDefaults(empty);
    assertThat(empty).isEqualTo(json("{}"));
  }

  @Test
  void defaultingTwiceIsDefaultingOnce() {
    ObjectNode object = json("{spec: {items: [{key: 'a'}]}}");
    SCHEMA.applyDefaults(object);
    ObjectNode again = object.deepCopy();
    SCHEMA.applyDefaults(again);
    assertThat(again).isEqualTo(object);
  }

  @Test
  void nullCountsAsAbsentWhereItIsNotAllowed() {
    ObjectNode object = json("{spec: {color: null, when: null, count: null}}");
    SCHEMA.applyDefaults(object);
    assertThat(object).isEqualTo(json("{spec: {color: 'red', when: null}}"));
  }

  @Test
  void unknownFieldsAreFoundAndPrunedExceptWhereTheyArePreserved() {
    ObjectNode object =
        json(
            "{kind: 'X', spec: {foo: 1, free: {bar: 2}, labels: {any: 'x'},"
                + " items: [{key: 'k', baz: 3}]}}");
    assertThat(SCHEMA.unknownFields(object))
        .containsExactly("kind", "spec.foo", "spec.items[0].baz");
    SCHEMA.prune(object);
    assertThat(object)
        .isEqualTo(json("{spec: {free: {bar: 2}, labels: {any: 'x'}, items: [{key: 'k'}]}}"));
    assertThat(SCHEMA.unknownFields(object)).isEmpty();
  }

  @Test
  void aLazySchemaIsWrittenDownOnceAndOnlyWhenAsked() {
    AtomicInteger writings = new AtomicInteger();
    Schema schema =
        Schema.lazy(() -> {
          writings.incrementAndGet();
          return object().field("spec", object()).build();
        });
    assertThat(writings).hasValue(0);
    assertThat(schema.declares("spec")).isTrue();
    assertThat(schema.declares("data")).isFalse();
    assertThat(writings).hasValue(1);
  }

  @Test
  void anErrorOfAPartBecomesAnErrorOfTheWhole() {
    FieldError part = FieldError.required("image", "Required value");
    assertThat(part.under("[0]").under("spec.containers").field())
        .isEqualTo("spec.containers[0].image");
    assertThat(FieldError.required("", "Required value").under("spec").field()).isEqualTo("spec");
  }
}
