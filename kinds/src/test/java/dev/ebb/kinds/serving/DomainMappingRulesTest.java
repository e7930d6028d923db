package dev.ebb.kinds.serving;

import static dev.ebb.kinds.Admission.defaulted;
import static dev.ebb.kinds.Admission.errors;
import static dev.ebb.kinds.serving.DomainKinds.CLUSTER_DOMAIN_CLAIM;
import static dev.ebb.kinds.serving.DomainKinds.DOMAIN_MAPPING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DomainMappingRulesTest {
  private static final String MAPPING = "{metadata: {name: '%s', namespace: default}, spec: %s}";
  private static final String REF =
      "{ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: hello%s}%s}";

  @Test
  void theReferenceIsInTheNamespaceOfTheMapping() {
    String yaml = MAPPING.formatted("hello.example.com", REF.formatted("", ""));

    assertThat(
            defaulted(DOMAIN_MAPPING, yaml, Optional.empty())
                .spec()
                .path("ref")
                .path("namespace")
                .asString())
        .isEqualTo("default");
    assertThat(errors(DOMAIN_MAPPING, yaml)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          hello|should be a domain with at least two segments separated by dots
          Hello.example.com|a lowercase RFC 1123 subdomain must consist of
          hello.default.svc.cluster.local|must not be a subdomain of cluster local domain "cluster.local"
          """)
  void theNameIsADomainOutsideOfTheCluster(String name, String error) {
    assertThat(errors(DOMAIN_MAPPING, MAPPING.formatted(name, REF.formatted("", ""))))
        .singleElement()
        .asString()
        .startsWith("metadata.name: Invalid value: \"%s\": %s".formatted(name, error));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}|spec.ref: Required value
          {ref: {apiVersion: v1, kind: Service}}|spec.ref.name: Required value
          {ref: {apiVersion: v1, name: a}}|spec.ref.kind: Required value
          {ref: {kind: Service, name: a}}|spec.ref.apiVersion: Required value
          {ref: {apiVersion: v1, kind: Service, name: a, group: g}}|spec.ref.group: Forbidden: must not be set
          {ref: {apiVersion: v1, kind: Service, name: a, namespace: b}}|spec.ref.namespace: Invalid value: "b": mismatched namespaces: parent namespace: "default" does not match ref: "b"
          {ref: {apiVersion: v1, kind: Service, name: a}, tls: {}}|spec.tls.secretName: Required value
          {ref: {apiVersion: v1, kind: Service, name: a}, tls: {secretName: A}}|spec.tls.secretName: Invalid value: "A"
          """)
  void aSpecIsRefused(String spec, String error) {
    assertThat(errors(DOMAIN_MAPPING, MAPPING.formatted("a.example.com", spec)))
        .singleElement()
        .asString()
        .startsWith(error);
  }

  @Test
  void aGeneratedNameIsNoDomain() {
    String yaml =
        "{metadata: {name: a.example.com, generateName: a, namespace: default}, spec: %s}"
            .formatted(REF.formatted("", ""));

    assertThat(errors(DOMAIN_MAPPING, yaml))
        .containsExactly("metadata.generateName: Forbidden: must not be set");
  }

  @Test
  void aClaimNamesItsNamespace() {
    assertThat(errors(CLUSTER_DOMAIN_CLAIM, "{metadata: {name: a.example.com}, spec: {}}"))
        .containsExactly("spec.namespace: Required value");
  }
}
