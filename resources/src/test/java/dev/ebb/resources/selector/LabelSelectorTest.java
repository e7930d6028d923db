package dev.ebb.resources.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class LabelSelectorTest {
  private static final Map<String, String> LABELS =
      Map.of("app", "web", "tier", "front", "size", "10", "a.dev/empty", "");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "app",
        "app=web",
        "app==web",
        " app = web , tier = front ",
        "app!=db",
        "none!=x",
        "!none",
        "app in (web)",
        "app in (db, web)",
        "app notin (db)",
        "none notin (x)",
        "a.dev/empty=",
        "a.dev/empty=,app=web",
        "a.dev/empty in (x,)",
        "size>9",
        "size < 11",
        "app,tier in (front,back),!gone,size>1"
      })
  void itMatches(String selector) {
    assertThat(LabelSelector.parse(selector).test(LABELS)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "app=db",
        "app=",
        "app!=web",
        "!app",
        "app in (db)",
        "none in (x)",
        "app notin (web,db)",
        "size>10",
        "size<10",
        "app>1",
        "none>1",
        "app=web,tier=back"
      })
  void itDoesNotMatch(String selector) {
    assertThat(LabelSelector.parse(selector).test(LABELS)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "=x         | unable to parse requirement: found '=', expected: identifier",
        "a,         | unable to parse requirement: found '', expected: identifier",
        "a b        | unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, <, >",
        "a in x     | unable to parse requirement: found 'x', expected: '('",
        "a in (x    | unable to parse requirement: found '', expected: ')'",
        "a=b=c      | unable to parse requirement: found '=', expected: ',' or 'end of string'",
        "a=(        | unable to parse requirement: found '(', expected: identifier",
        "!          | unable to parse requirement: found '', expected: identifier"
      })
  void anErrorOfGrammarSaysWhatWasExpected(String selector, String problem) {
    assertThatThrownBy(() -> LabelSelector.parse(selector))
        .isInstanceOf(SelectorException.class)
        .hasMessage(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "-a        | key: Invalid value: \"-a\"",
        "A/b       | key: Invalid value: \"A/b\"",
        "a=-b      | values[0]: Invalid value: \"-b\"",
        "a in (b_) | values[0]: Invalid value: \"b_\"",
        "a>x       | values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be"
      })
  void whatCanBeNoLabelIsRefused(String selector, String problem) {
    assertThatThrownBy(() -> LabelSelector.parse(selector))
        .isInstanceOf(SelectorException.class)
        .hasMessageStartingWith("unable to parse requirement: " + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                                                                       | true",
        "{'matchLabels':{'app':'web'}}                                            | true",
        "{'matchLabels':{'app':'db'}}                                             | false",
        "{'matchExpressions':[{'key':'app','operator':'In','values':['web']}]}    | true",
        "{'matchExpressions':[{'key':'app','operator':'NotIn','values':['web']}]} | false",
        "{'matchExpressions':[{'key':'app','operator':'Exists'}]}                 | true",
        "{'matchExpressions':[{'key':'app','operator':'DoesNotExist'}]}           | false"
      })
  void theFormOfAnObjectMeansTheSame(String selector, boolean matches) {
    assertThat(LabelSelector.of(json(selector)).test(LABELS)).isEqualTo(matches);
  }

  @Test
  void anUnknownOperatorIsRefused() {
    JsonNode selector = json("{'matchExpressions':[{'key':'app','operator':'Near'}]}");
    assertThatThrownBy(() -> LabelSelector.of(selector))
        .hasMessage("\"Near\" is not a valid label selector operator");
  }

  private static JsonNode json(String text) {
    return new JsonMapper().readTree(text.replace('\'', '"'));
  }
}
