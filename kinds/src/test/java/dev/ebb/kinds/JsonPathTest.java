package dev.ebb.kinds;

import static dev.ebb.kinds.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class JsonPathTest {
  private static final ObjectNode OBJECT =
      json(
          """
          {metadata: {labels: {'a.b/c': 'dotted', plain: 'x'}},
           status: {url: 'http://h', conditions: [
             {type: 'Ready', status: 'True'}, {type: 'Other', status: 'False'}]},
           list: [1, 2, 3]}
          """);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          .status.url|http://h
          $.status.url|http://h
          .status.none.deeper|``
          .metadata.labels['a\\.b/c']|dotted
          .metadata.labels.a\\.b/c|dotted
          .metadata.labels["plain"]|x
          .status.conditions[?(@.type=='Ready')].status|True
          .status.conditions[?(@.type == "Other")].status|False
          .status.conditions[?(@.type!='Ready')].type|Other
          .status.conditions[?(@.type=='Nope')].status|``
          .status.conditions[*].type|Ready,Other
          .list[0]|1
          .list[-1]|3
          .list[7]|``
          """)
  void findsWhatKubectlFinds(String path, String expected) {
    assertThat(
            JsonPath.compile(path).find(OBJECT).stream()
                .map(JsonNode::asString)
                .collect(Collectors.joining(",")))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", ".a..b", ".a[", ".a[b]", ".a[?(@.b)]", ".a[1:2]"})
  void refusesWhatItDoesNotHave(String path) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JsonPath.compile(path))
        .withMessageStartingWith("JSONPath " + path);
  }
}
