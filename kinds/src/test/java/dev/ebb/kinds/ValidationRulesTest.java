package dev.ebb.kinds;

import static dev.ebb.kinds.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ebb.kinds.cel.CelRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/// Rules of custom resources in CEL.
final class ValidationRulesTest {
  private static final String FIELDS =
      "{least: {type: 'integer'}, most: {type: 'integer'}, part: {type: 'number'}, name: {type: 'string'}, 'a-b': {type: 'string'}, when: {type: 'string', format: 'date-time'}, keep: {type: 'string', format: 'duration'}, port: {'x-kubernetes-int-or-string': true}, tags: {type: 'array', items: {type: 'string'}}, labels: {type: 'object', additionalProperties: {type: 'string'}}, metadata: {type: 'object'}, namespace: {type: 'string'}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          self.least <= self.most|{least: 1, most: 2}|{least: 2, most: 1}
          self.part < 1.5|{part: 1}|{part: 2}
          self.part * 2.0 == 1.0|{part: 0.5}|{part: 1}
          has(self.name) ? self.name.startsWith('a') : true|{}|{name: 'b'}
          self.name.matches('^[a-z]+$')|{name: 'abc'}|{name: 'A'}
          self.a__dash__b == 'x'|{'a-b': 'x'}|{'a-b': 'y'}
          self.__namespace__ == 'x'|{namespace: 'x'}|{namespace: 'y'}
          self.when < timestamp('2026-06-01T00:00:00Z')|{when: '2026-01-01T00:00:00Z'}|{when: '2027-01-01T00:00:00Z'}
          self.keep <= duration('1h')|{keep: '30m'}|{keep: '2h'}
          type(self.port) == int ? self.port > 0 : self.port.endsWith('%')|{port: '5%'}|{port: 0}
          self.tags.all(t, t.size() < 3)|{tags: ['a']}|{tags: ['long']}
          self.tags.isSorted() && self.tags.indexOf('b') == 1|{tags: ['a', 'b']}|{tags: ['b', 'a']}
          self.tags.map(t, t.size()).sum() < 4|{tags: ['a', 'b']}|{tags: ['ab', 'cd']}
          self.labels.exists(k, k == 'x' && self.labels[k] == 'y')|{labels: {x: 'y'}}|{labels: {x: 'z'}}
          self.?name.orValue('none') == 'none'|{}|{name: 'x'}
          sets.contains(['a', 'b'], self.tags)|{tags: ['a']}|{tags: ['c']}
          """)
  void aRuleHoldsOrIsTold(String rule, String good, String bad) {
    Schema schema = schema("{rule: \"%s\", message: 'no'}".formatted(rule));

    assertThat(schema.validate(json("{v: " + good + "}"))).isEmpty();
    assertThat(schema.validate(json("{v: " + bad + "}")))
        .extracting(FieldError::reason, FieldError::field, FieldError::message)
        .containsExactly(tuple("FieldValueInvalid", "v", "Invalid value: \"object\": no"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {rule: 'self.least > 1'}|FieldValueInvalid|v|Invalid value: "object": failed rule: self.least > 1
          {rule: 'self.least > 1', message: 'small', messageExpression: "string(self.least) + ' is small'"}|FieldValueInvalid|v|Invalid value: "object": 1 is small
          {rule: 'self.least > 1', message: 'small', messageExpression: "self.nothing"}|FieldValueInvalid|v|Invalid value: "object": small
          {rule: 'self.least > 1', message: 'm', reason: 'FieldValueForbidden', fieldPath: '.least'}|FieldValueForbidden|v.least|Forbidden: m
          {rule: 'self.least > 1', message: 'm', reason: 'FieldValueRequired'}|FieldValueRequired|v|Required value: m
          """)
  void theRuleSaysHowItIsTold(String rule, String reason, String field, String message) {
    assertThat(schema(rule).validate(json("{v: {least: 1}}")))
        .extracting(FieldError::reason, FieldError::field, FieldError::message)
        .containsExactly(tuple(reason, field, message));
  }

  @Test
  void aRuleThatFailsSaysWhy() {
    assertThat(schema("{rule: 'self.least > 1'}").validate(json("{v: {}}")))
        .singleElement()
        .satisfies(error ->
            assertThat(error.message())
                .contains("'least' is not present in map", "evaluating rule: self.least > 1"));
  }

  @Test
  void transitionsAreForUpdatesOnly() {
    Schema schema = schema("{rule: 'self.name == oldSelf.name', message: 'immutable'}");
    ObjectNode old = json("{v: {name: 'a'}}");

    assertThat(schema.validate(json("{v: {name: 'b'}}"))).isEmpty();
    assertThat(schema.validate(json("{v: {name: 'a', least: 1}}"), old)).isEmpty();
    assertThat(schema.validate(json("{v: {name: 'b'}}"), old)).hasSize(1);
  }

  @Test
  void anOptionalOldValueIsAskedAtCreationToo() {
    Schema schema =
        schema(
            "{rule: 'oldSelf.hasValue() || self.least == 0', optionalOldSelf: true, message: 'm'}");

    assertThat(schema.validate(json("{v: {least: 1}}"))).hasSize(1);
    assertThat(schema.validate(json("{v: {least: 0}}"))).isEmpty();
    assertThat(schema.validate(json("{v: {least: 1}}"), json("{v: {least: 0}}"))).isEmpty();
  }

  @Test
  void whatDidNotChangeIsNotAskedAgain() {
    Schema schema = schema("{rule: 'self.least > 1', message: 'm'}");

    assertThat(schema.validate(json("{v: {least: 1}}"), json("{v: {least: 1}}"))).isEmpty();
  }

  @Test
  void rulesInListsSeeTheItemsThatWere() {
    ObjectNode root =
        json(
            """
            {type: 'object', properties: {v: {type: 'array', 'x-kubernetes-list-type': 'map',
              'x-kubernetes-list-map-keys': ['k'], items: {type: 'object',
              properties: {k: {type: 'string'}, n: {type: 'integer'}},
              'x-kubernetes-validations': [{rule: 'self.n >= oldSelf.n', message: 'shrinks'}]}}}}
            """);
    Schema schema = Schema.ofCustomResource(() -> root);

    assertThat(
            schema.validate(
                json("{v: [{k: 'b', n: 1}, {k: 'a', n: 1}]}"), json("{v: [{k: 'a', n: 2}]}")))
        .extracting(FieldError::field)
        .containsExactly("v[1]");
  }

  @Test
  void anEndlessRuleEnds() {
    String rule =
        "self.tags.all(a, self.tags.all(b, self.tags.all(c, self.tags.all(d, a + b + c + d != ''))))";
    StringBuilder tags = new StringBuilder("'x'");
    tags.repeat(",'x'", 99);

    List<FieldError> errors =
        schema("{rule: \"%s\", message: 'm'}".formatted(rule))
            .validate(json("{v: {tags: [" + tags + "]}}"));

    assertThat(errors)
        .singleElement()
        .satisfies(error -> assertThat(error.message()).contains("Iteration budget exceeded"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          self.a +|compilation failed: ERROR: <input>:1
          nothing.a == 1|undeclared reference to 'nothing'
          1 + 1|must evaluate to a bool
          """)
  void whatIsNoRuleIsTold(String text, String message) {
    assertThat(CelRule.compile(text, "bool"))
        .isInstanceOfSatisfying(
            CelRule.Compiled.Wrong.class, wrong -> assertThat(wrong.message()).contains(message));
  }

  @Test
  void functionsOfKubernetesThatAreMissingAreKnown() {
    assertThat(CelRule.compile("quantity(self.a).isLessThan(quantity('1'))", "bool"))
        .isInstanceOf(CelRule.Compiled.Lacking.class);
  }

  @Test
  void aSchemaWithoutRulesHasNone() {
    assertThat(ValidationRules.compile(json("{type: 'object'}"))).isEmpty();
  }

  private static Schema schema(String rule) {
    ObjectNode root = json("{type: 'object', properties: {v: {type: 'object'}}}");
    ObjectNode v = (ObjectNode) root.at("/properties/v");
    v.set("properties", json(FIELDS));
    v.putArray("x-kubernetes-validations").add(json(rule));
    return Schema.ofCustomResource(() -> root);
  }
}
