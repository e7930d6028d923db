package dev.ebb.kinds.core;

import static dev.ebb.kinds.Admission.defaulted;
import static dev.ebb.kinds.Admission.errors;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.builtin.BuiltInKinds;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoreRulesTest {
  private static final KindRegistry KINDS = new BuiltInKinds();

  @Test
  void stringDataBecomesData() {
    assertThat(
            defaulted(
                    CoreKinds.SECRET,
                    "{metadata: {name: s}, data: {a: eA==, b: eQ==}, stringData: {b: z, c: ''}}")
                .json())
        .hasToString(
            "{\"metadata\":{\"name\":\"s\"},\"data\":{\"a\":\"eA==\",\"b\":\"eg==\",\"c\":\"\"},"
                + "\"type\":\"Opaque\"}");
  }

  @Test
  void aNamespaceHasItsNameAsALabelAndIsActive() {
    assertThat(defaulted(CoreKinds.NAMESPACE, "{metadata: {name: space}}").json())
        .hasToString(
            "{\"metadata\":{\"name\":\"space\",\"labels\":{\"kubernetes.io/metadata.name\":\"space\"}},"
                + "\"spec\":{},\"status\":{\"phase\":\"Active\"}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}|BestEffort
          {requests: {cpu: 1}}|Burstable
          {limits: {cpu: 1, memory: 1Gi}}|Guaranteed
          {limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 500m}}|Burstable
          """)
  void aNewPodIsPendingAndHasAQuality(String resources, String quality) {
    String pod =
        "{metadata: {name: p}, spec: {containers: [{name: c, image: i, resources: %s}]}}"
            .formatted(resources);
    assertThat(defaulted(CoreKinds.POD, pod).status())
        .hasToString("{\"phase\":\"Pending\",\"qosClass\":\"%s\"}".formatted(quality));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          secrets|{metadata: {name: s}, data: {a: '%'}}|data[a]: Invalid value: must be base64
          secrets|{metadata: {name: s}, data: {a/b: eA==}}|data: Invalid value: "a/b": key must consist of
          secrets|{metadata: {name: s}, data: {..: eA==}}|data: Invalid value: "..": key must not be
          secrets|{metadata: {name: s}, stringData: {a: 1}}|stringData[a]: Invalid value: 1
          configmaps|{metadata: {name: c}, data: {a: 1}}|data[a]: Invalid value: 1: data[a] in body must be of type string: "integer"
          configmaps|{metadata: {name: c}, data: {a: x}, binaryData: {a: eA==}}|binaryData: Duplicate value: "a"
          configmaps|{metadata: {name: C}}|metadata.name: Invalid value: "C": a lowercase RFC 1123 subdomain must consist of
          namespaces|{metadata: {name: a.b}}|metadata.name: Invalid value: "a.b": a lowercase RFC 1123 label must consist of
          services|{metadata: {name: 1a}, spec: {ports: [{port: 1}]}}|metadata.name: Invalid value: "1a": a DNS-1035 label must consist of
          services|{metadata: {name: a}, spec: {ports: [{port: 0, targetPort: 1}]}}|spec.ports[0].port: Invalid value: 0
          pods|{metadata: {name: a}, spec: {}}|spec.containers: Required value
          events|{metadata: {name: a}}|involvedObject: Required value
          """)
  void refuses(String plural, String yaml, String error) {
    KindDefinition kind = KINDS.byResource("", "v1", plural).orElseThrow();
    assertThat(errors(kind, yaml)).singleElement().asString().startsWith(error);
  }

  @Test
  void frozenDataNeverChanges() {
    KubernetesObject frozen =
        defaulted(CoreKinds.CONFIG_MAP, "{metadata: {name: c}, data: {a: x}, immutable: true}");
    assertThat(
            errors(
                CoreKinds.CONFIG_MAP, "{metadata: {name: c}, data: {a: z}}", Optional.of(frozen)))
        .hasSize(2)
        .allMatch(error -> error.contains("field is immutable when"));
    assertThat(
            errors(
                CoreKinds.CONFIG_MAP,
                "{metadata: {name: c, labels: {x: z}}, data: {a: x}, immutable: true}",
                Optional.of(frozen)))
        .isEmpty();
  }

  @Test
  void theTypeOfASecretNeverChanges() {
    KubernetesObject secret = defaulted(CoreKinds.SECRET, "{metadata: {name: s}}");
    assertThat(
            errors(
                CoreKinds.SECRET,
                "{metadata: {name: s}, type: example.com/other}",
                Optional.of(secret)))
        .containsExactly("type: Invalid value: \"example.com/other\": field is immutable");
  }

  @Test
  void aConfigMapLargerThanAMebibyteIsRefused() {
    String large = "x".repeat(1024 * 1024 + 1);
    assertThat(errors(CoreKinds.CONFIG_MAP, "{metadata: {name: c}, data: {a: " + large + "}}"))
        .containsExactly("data: Too long: may not be more than 1048576 bytes");
  }
}
