package dev.ebb.kinds.yaml;

import static dev.ebb.kinds.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class YamlWriterTest {
  private static final ObjectNode OBJECT =
      json(
          """
          {spec: {list: [{b: 1, a: 'x'}, [1, 2]], empty: {}, none: [], nothing: null},
           metadata: {annotations: {yes: 'yes', number: '1', blank: '', colon: 'a: b',
             script: 'one\\ntwo\\n', unicode: 'é', time: '2026-01-01T00:00:00Z'}},
           ok: true, ratio: 1.5}
          """);

  @Test
  void writesAsKubectlDoes() {
    assertThat(YamlWriter.write(OBJECT))
        .isEqualTo(
            """
            metadata:
              annotations:
                blank: ""
                colon: 'a: b'
                number: "1"
                script: |
                  one
                  two
                time: 2026-01-01T00:00:00Z
                unicode: é
                "yes": "yes"
            ok: true
            ratio: 1.5
            spec:
              empty: {}
              list:
              - a: x
                b: 1
              - - 1
                - 2
              none: []
              nothing: null
            """);
  }

  @Test
  void whatIsWrittenReadsTheSame() {
    assertThat(YamlReader.readAll(YamlWriter.write(OBJECT))).containsExactly(OBJECT);
  }
}
