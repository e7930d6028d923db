package dev.ebb.resources.selector;

import static dev.ebb.resources.TestKinds.EVENT;
import static dev.ebb.resources.TestKinds.WIDGET;
import static dev.ebb.resources.TestKinds.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.kinds.KubernetesObject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FieldSelectorTest {
  private static final KubernetesObject OBJECT =
      object(
          """
          {'metadata': {'namespace': 'default', 'name': 'e'}, 'reason': 'a,b=c',
           'involvedObject': {'name': 'x', 'uid': '1'}}
          """);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                                              | true",
        "metadata.name=e                                 | true",
        "metadata.name==e                                | true",
        "metadata.name!=e                                | false",
        "metadata.name=e,metadata.namespace=default      | true",
        "metadata.name=e,metadata.namespace=other        | false",
        "involvedObject.name=x,involvedObject.uid=1      | true",
        "involvedObject.kind=                            | true",
        "involvedObject.kind!=Pod                        | true",
        "reason=a\\,b\\=c                                | true",
        "type=Normal                                     | false"
      })
  void itMatchesWhatItSays(String selector, boolean matches) {
    assertThat(FieldSelector.parse(selector, EVENT).test(OBJECT)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "spec.size=1        | field label not supported: spec.size",
        "reason=x           | field label not supported: reason",
        "metadata.name      | invalid selector: 'metadata.name'; can't understand 'metadata.name'",
        "metadata.name=a=b  | invalid field selector: unescaped character in value: a=b",
        "metadata.name=a\\b | invalid field selector: invalid escape sequence: a\\b"
      })
  void whatItCannotBeIsRefused(String selector, String problem) {
    assertThatThrownBy(() -> FieldSelector.parse(selector, WIDGET))
        .isInstanceOf(SelectorException.class)
        .hasMessage(problem);
  }
}
