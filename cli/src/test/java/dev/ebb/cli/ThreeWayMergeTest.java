package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class ThreeWayMergeTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nothing changes                       | {\"a\":1}         | {\"a\":1}         | {\"a\":1,\"b\":2} | {}",
        "a new field is set                    | {}                | {\"a\":1}         | {\"b\":2}         | {\"a\":1}",
        "a changed field is set                | {\"a\":1}         | {\"a\":2}         | {\"a\":1}         | {\"a\":2}",
        "what another changed is set back      | {\"a\":1}         | {\"a\":1}         | {\"a\":9}         | {\"a\":1}",
        "what is wanted no more is removed     | {\"a\":1,\"b\":2} | {\"a\":1}         | {\"a\":1,\"b\":2} | {\"b\":null}",
        "what is gone already is not removed   | {\"a\":1,\"b\":2} | {\"a\":1}         | {\"a\":1}         | {}",
        "what others added stays               | {\"a\":{\"x\":1}} | {\"a\":{\"x\":1}} | {\"a\":{\"x\":1,\"y\":2}} | {}",
        "a nested field is removed             | {\"a\":{\"x\":1,\"y\":2}} | {\"a\":{\"x\":1}} | {\"a\":{\"x\":1,\"y\":2}} | {\"a\":{\"y\":null}}",
        "a list is replaced as a whole         | {\"a\":[1]}       | {\"a\":[1,2]}     | {\"a\":[1]}       | {\"a\":[1,2]}",
        "an object takes the place of a scalar | {\"a\":1}         | {\"a\":{\"x\":1}} | {\"a\":1}         | {\"a\":{\"x\":1}}"
      })
  void thePatchLeadsToWhatIsWanted(
      String name, String lastApplied, String wanted, String current, String patch) {
    assertThat(
            ThreeWayMerge.patch(
                MAPPER.readTree(lastApplied), MAPPER.readTree(wanted), MAPPER.readTree(current)))
        .as(name)
        .isEqualTo(MAPPER.readTree(patch));
  }
}
