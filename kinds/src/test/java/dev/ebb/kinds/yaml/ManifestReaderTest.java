package dev.ebb.kinds.yaml;

import static dev.ebb.kinds.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ebb.kinds.KubernetesObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ManifestReaderTest {
  @Test
  void readsTheDocumentsOfAFile() {
    assertThat(
            ManifestReader.read(
                """
                # A comment.
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: a}
                data:
                  script: |
                    one
                    two
                  quoted: "yes"
                ---
                ---
                apiVersion: v1
                kind: Secret
                metadata:
                  name: b
                """))
        .extracting(KubernetesObject::json)
        .containsExactly(
            json(
                "{apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'a'},"
                    + " data: {script: 'one\\ntwo\\n', quoted: 'yes'}}"),
            json("{apiVersion: 'v1', kind: 'Secret', metadata: {name: 'b'}}"));
  }

  @Test
  void readsJsonAndTheItemsOfAList() {
    assertThat(
            ManifestReader.read(
                """
                {"apiVersion": "v1", "kind": "List", "items": [
                \t{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}},
                \t{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "b"}}]}
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "c"}}
                """))
        .extracting(KubernetesObject::name)
        .containsExactly("a", "b", "c");
  }

  @Test
  void anEmptyTextHasNoObjects() {
    assertThat(ManifestReader.read("")).isEmpty();
    assertThat(ManifestReader.read("# nothing\n---\n")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a: &x {b: 1}\\nc: *x|{"a":{"b":1},"c":{"b":1}}
          a: &x {b: 1, c: 2}\\nd: {<<: *x, c: 3}|{"a":{"b":1,"c":2},"d":{"c":3,"b":1}}
          a: {<<: [{b: 1}, {b: 2, c: 3}]}|{"a":{"b":1,"c":3}}
          on: 1\\n2: 3|{"true":1,"2":3}
          a: !!str 1\\nb: !!int "2"|{"a":"1","b":2}
          "<<": 1|{"<<":1}
          a:\\nb: ~|{"a":null,"b":null}
          [1, two]|[1,"two"]
          {a: yes, b: [1,]}|{"a":true,"b":[1]}
          """)
  void readsWhatYamlHasBeyondJson(String yaml, String json) {
    assertThat(YamlReader.readAll(yaml.replace("\\n", "\n")))
        .singleElement()
        .extracting(JsonNode::toString)
        .isEqualTo(json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a: 1\\na: 2|line 2, column 1: key "a" is already in this mapping
          a: *x|line 1, column 4: alias *x has no anchor before it
          a: &x [*x]|line 1, column 8: alias *x has no anchor before it
          a: .inf|line 1, column 4: .inf cannot be said in JSON
          a: !!int x|line 1, column 4: "x" does not fit its tag
          a: !mine x|line 1, column 4: tag !mine is not supported
          a: {<<: 1}|line 1, column 9: << needs a mapping or a list of mappings
          ? [1]\\n: 2|line 1, column 3: a key must be a string, a number or a boolean
          kind: X|line 1, column 1: apiVersion is not set
          apiVersion: v1|line 1, column 1: kind is not set
          apiVersion: v1\\nkind: 3|line 1, column 1: kind is not set
          just text|line 1, column 1: expected an object with apiVersion and kind
          a: b: c|line 1, column 5
          \\ta: b|line 1, column 1
          a: [1|line
          {"a": 1, "a": 2}|line 1, column
          """)
  void tellsWhereAndWhy(String text, String message) {
    assertThatExceptionOfType(ManifestException.class)
        .isThrownBy(() -> ManifestReader.read(text.replace("\\n", "\n").replace("\\t", "\t")))
        .withMessageStartingWith(message);
  }

  @Test
  void aliasesOfAliasesDoNotFillTheMemory() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i));
      bomb.append("*a%d, ".formatted(i - 1).repeat(10)).append("]\n");
    }
    assertThatExceptionOfType(ManifestException.class)
        .isThrownBy(() -> ManifestReader.read(bomb.toString()))
        .withMessageContaining("more than 1000000 values");
  }

  @Test
  void depthAndSizeAreBounded() {
    assertThatExceptionOfType(ManifestException.class)
        .isThrownBy(() -> ManifestReader.read("[".repeat(100_000)))
        .withMessageContaining("more than 200 levels deep");
    assertThatExceptionOfType(ManifestException.class)
        .isThrownBy(() -> ManifestReader.read("#".repeat(YamlReader.MAX_CHARS + 1)))
        .withMessageContaining("larger than");
  }
}
