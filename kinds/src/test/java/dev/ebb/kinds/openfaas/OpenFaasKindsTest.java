package dev.ebb.kinds.openfaas;

import static dev.ebb.kinds.Admission.errors;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenFaasKindsTest {
  private static final String FUNCTION = "{metadata: {name: f}, spec: %s}";

  /// What `faas-cli generate --api=openfaas.com/v1` prints of all that a stack file can say.
  @Test
  void takesWhatTheClientGenerates() {
    assertThat(
            errors(
                OpenFaasKinds.FUNCTION,
                FUNCTION.formatted(
                    "{name: f, image: 'x:1', handler: node main.js, environment: {A: b},"
                        + " labels: {x: '1'}, annotations: {topic: cron-function},"
                        + " limits: {memory: 64Mi, cpu: 100m}, requests: {memory: '', cpu: 10m},"
                        + " constraints: [a=b], secrets: [s1], readOnlyRootFilesystem: true}")))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {image: x}|spec.name: Required value
          {name: f}|spec.image: Required value
          {name: f, image: ''}|spec.image: Required value: must not be empty
          {name: g, image: x}|spec.name: Invalid value: "g": must be metadata.name, "f"
          {name: f, image: x, limits: {memory: much}}|spec.limits.memory: Invalid value: "much": must be a quantity
          {name: f, image: x, labels: {a: 'b c'}}|spec.labels: Invalid value: "b c"
          {name: f, image: x, annotations: {'a b': c}}|spec.annotations: Invalid value: "a b"
          {name: f, image: x, secrets: s}|spec.secrets: Invalid value: "s": spec.secrets in body must be of type array
          {name: f, image: x, environment: {A: 1}}|spec.environment[A]: Invalid value: 1: spec.environment[A] in body must be of type string
          """)
  void saysWhatIsWrong(String spec, String error) {
    assertThat(errors(OpenFaasKinds.FUNCTION, FUNCTION.formatted(spec)))
        .anyMatch(line -> line.startsWith(error));
  }

  @Test
  void namesAreThoseOfServices() {
    assertThat(errors(OpenFaasKinds.FUNCTION, "{metadata: {name: 1f}, spec: {name: 1f, image: x}}"))
        .anyMatch(line -> line.startsWith("metadata.name: Invalid value: \"1f\""));
  }

  @Test
  void profilesHaveTheFieldsOfPods() {
    assertThat(
            errors(
                OpenFaasKinds.PROFILE,
                "{metadata: {name: p}, spec: {tolerations: [{key: a}], affinity: {nodeAffinity: {}},"
                    + " resources: {limits: {cpu: 1, nvidia.com/gpu: 1}}, strategy: {type: Recreate},"
                    + " podSecurityContext: {runAsUser: 1000}, dnsPolicy: None}}"))
        .isEmpty();
    assertThat(
            errors(OpenFaasKinds.PROFILE, "{metadata: {name: p}, spec: {resources: {limits: 1}}}"))
        .isNotEmpty();
  }
}
