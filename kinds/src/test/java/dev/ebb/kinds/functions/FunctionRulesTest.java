package dev.ebb.kinds.functions;

import static dev.ebb.kinds.Admission.defaulted;
import static dev.ebb.kinds.Admission.errors;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionRulesTest {
  private static final String FUNCTION = "{metadata: {name: f}, spec: %s}";

  @Test
  void concurrencyAndTimeoutHaveDefaults() {
    assertThat(
            defaulted(
                    FunctionKinds.FUNCTION,
                    FUNCTION.formatted("{runtime: python, source: {inline: x}}"))
                .spec())
        .hasToString(
            "{\"runtime\":\"python\",\"source\":{\"inline\":\"x\"},"
                + "\"concurrency\":0,\"timeoutSeconds\":300}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{runtime: python, source: {inline: 'def main(): pass'}}",
        "{runtime: nodejs, handler: module.main, source: {files: {a/b.js: x}}, entrypoint: a/b.js}",
        "{runtime: python3.11, source: {archive: UEs=}, scaling: {min: 1, max: 2, window: 30s}}",
        "{runtime: python, source: {inline: x}, env: [{name: A, value: b}], resources: {limits: {memory: 64Mi}}}"
      })
  void takesWhatAFunctionMayBe(String spec) {
    assertThat(errors(FunctionKinds.FUNCTION, FUNCTION.formatted(spec))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {source: {inline: x}}|spec.runtime: Required value
          {runtime: python}|spec.source: Required value
          {runtime: python, source: {}}|spec.source: Required value: one of inline, files, archive
          {runtime: python, source: {inline: x, archive: eA==}}|spec.source: Forbidden: expected only one of inline, archive
          {runtime: python, source: {files: {}}}|spec.source.files: Required value: at least one file
          {runtime: python, source: {files: {../x: z}}}|spec.source.files: Invalid value: "../x"
          {runtime: python, source: {files: {/x: z}}}|spec.source.files: Invalid value: "/x"
          {runtime: python, source: {files: {x.py: z}}, entrypoint: z.py}|spec.entrypoint: Invalid value: "z.py": is not among
          {runtime: python, source: {inline: x}, entrypoint: ../z}|spec.entrypoint: Invalid value: "../z"
          {runtime: 'py thon', source: {inline: x}}|spec.runtime: Invalid value: "py thon"
          {runtime: python, handler: 'a b', source: {inline: x}}|spec.handler: Invalid value: "a b"
          {runtime: python, source: {inline: x}, concurrency: 1001}|spec.concurrency: Invalid value: 1001
          {runtime: python, source: {inline: x}, timeoutSeconds: 601}|spec.timeoutSeconds: Invalid value: 601
          {runtime: python, source: {inline: x}, scaling: {min: 3, max: 2}}|spec.scaling.max: Invalid value: 2: is less than min=3
          {runtime: python, source: {inline: x}, scaling: {min: -1}}|spec.scaling.min: Invalid value: -1
          {runtime: python, source: {inline: x}, scaling: {window: 1s}}|spec.scaling.window: Invalid value: "1s"
          {runtime: python, source: {inline: x}, env: [{name: K_SERVICE}]}|spec.env[0].name: Invalid value: "K_SERVICE": is a reserved
          """)
  void refusesWhatItMayNotBe(String spec, String error) {
    assertThat(errors(FunctionKinds.FUNCTION, FUNCTION.formatted(spec)))
        .first()
        .asString()
        .startsWith(error);
  }

  @Test
  void aFunctionWithoutSpecIsRefused() {
    assertThat(errors(FunctionKinds.FUNCTION, "{metadata: {name: f}}"))
        .containsExactly("spec: Required value");
  }
}
