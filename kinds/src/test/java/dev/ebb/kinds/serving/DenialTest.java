package dev.ebb.kinds.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.Admission;
import dev.ebb.kinds.Denial;
import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Refusals of Serving's kinds in the words of Knative's webhook.
class DenialTest {
  private static final String SERVICE =
      "metadata: {name: a}\nspec: {template: {spec: {containers: [{image: i}]}}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {serviceAccountName: foo@bar.baz, containers: [{image: i}]}|invalid value: foo@bar.baz: spec.template.spec.serviceAccountName\\na lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
          {containers: [{name: c}]}|missing field(s): spec.template.spec.containers[0].image
          {containers: [{image: A b}]}|Failed to parse image reference: spec.template.spec.containers[0].image\\nimage: "A b"
          {timeoutSeconds: 700, containers: [{image: i}]}|expected 0 <= 700 <= 600: spec.template.spec.timeoutSeconds
          {nodeSelector: {a: b}, dnsPolicy: Default, containers: [{image: i}]}|must not set the field(s): spec.template.spec.dnsPolicy, spec.template.spec.nodeSelector
          {containers: [{image: i, ports: [{name: web, containerPort: 80}]}]}|Port name web is not allowed: spec.template.spec.containers[0].ports[0].name\\nName must be empty, or one of: 'h2c', 'http1'
          {containers: [{image: i, env: [{name: K_SERVICE, value: x}]}]}|"K_SERVICE" is a reserved environment variable: spec.template.spec.containers[0].env[0].name
          {containers: [{image: i, volumeMounts: [{name: v, mountPath: /v}]}]}|volumeMount has no matching volume: spec.template.spec.containers[0].volumeMounts[0].name
          """)
  void aTemplate(String spec, String denial) {
    String yaml = "metadata: {name: a}\nspec: {template: {spec: " + spec + "}}";
    assertThat(denial(yaml)).isEqualTo("validation failed: " + denial.replace("\\n", "\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [{latestRevision: true, percent: 90}]|Traffic targets sum to 90, want 100: spec.traffic
          [{revisionName: a-00001, latestRevision: true, percent: 100}]|may not set revisionName "a-00001" when latestRevision is true: spec.traffic[0].latestRevision
          [{percent: 100, tag: a}, {percent: 0, tag: a}]|Multiple definitions for "a": spec.traffic[1].tag
          [{percent: 100, url: 'http://a'}]|must not set the field(s): spec.traffic[0].url
          """)
  void traffic(String traffic, String denial) {
    assertThat(denial(SERVICE.replace("}}}", "}}, traffic: " + traffic + "}")))
        .isEqualTo("validation failed: " + denial);
  }

  @Test
  void whatIsWrongInSeveralWaysIsToldInSentencesInOrder() {
    String denial =
        denial(
            """
            metadata: {name: a, annotations: {autoscaling.knative.dev/min-scale: '1'}}
            spec: {template: {metadata: {name: b}, spec: {containers: [{image: i}]}}}
            """);
    assertThat(denial)
        .isEqualTo(
            """
            validation failed: invalid key name "autoscaling.knative.dev/min-scale": metadata.annotations
            autoscaling annotations must be put under "spec.template.metadata.annotations" to work
            invalid value: "b" must have prefix "a-": spec.template.metadata.name\
            """);
  }

  @Test
  void aChangeUnderTheSameNameIsShown() {
    String named =
        "metadata: {name: a}\nspec: {template: {metadata: {name: a-b}, spec: {containers: [{image: %s}]}}}";
    KubernetesObject before = Admission.defaulted(ServingKinds.SERVICE, named.formatted("i"));
    assertThat(Denial.of(found(named.formatted("j"), Optional.of(before))))
        .isEqualTo(
            "validation failed: Saw the following changes without a name change (-old +new):"
                + " spec.template.metadata.name\nspec.containers[0].image: -\"i\" +\"j\"");
  }

  private static String denial(String yaml) {
    return Denial.of(found(yaml, Optional.empty()));
  }

  private static List<FieldError> found(String yaml, Optional<KubernetesObject> previous) {
    KubernetesObject object = Admission.defaulted(ServingKinds.SERVICE, yaml, previous);
    assertThat(ServingKinds.SERVICE.schema().validate(object.json())).isEmpty();
    return ServingKinds.SERVICE.rules().validate(object, previous);
  }
}
