package dev.ebb.kinds.serving;

import static dev.ebb.kinds.Admission.defaulted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.SameJson;
import dev.ebb.kinds.yaml.YamlWriter;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ServingDefaultsTest {
  private static final String SERVICE =
      "{metadata: {name: a}, spec: {template: {spec: {containers: [{image: i}]}}}}";

  @Test
  void aServiceGetsWhatKnativeWritesBack() {
    assertThat(YamlWriter.write(defaulted(ServingKinds.SERVICE, SERVICE).spec()))
        .isEqualTo(
            """
            template:
              spec:
                containerConcurrency: 0
                containers:
                - image: i
                  name: user-container
                  readinessProbe:
                    successThreshold: 1
                    tcpSocket:
                      port: 0
                  resources: {}
                enableServiceLinks: false
                timeoutSeconds: 300
            traffic:
            - latestRevision: true
              percent: 100
            """);
  }

  @Test
  void defaultingTwiceIsDefaultingOnce() {
    KubernetesObject once = defaulted(ServingKinds.SERVICE, SERVICE);
    ObjectNode twice = once.json().deepCopy();
    ServingKinds.SERVICE.schema().applyDefaults(twice);
    ServingKinds.SERVICE.rules().applyDefaults(twice, Optional.of(once));
    assertThat(twice).isEqualTo(once.json());
  }

  @Test
  void theSameManifestAgainChangesNothing() {
    KubernetesObject stored = defaulted(ServingKinds.SERVICE, SERVICE);
    KubernetesObject again = defaulted(ServingKinds.SERVICE, SERVICE, Optional.of(stored));
    assertThat(SameJson.same(again.spec(), stored.spec())).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          timeoutSeconds: 0|timeoutSeconds|300
          timeoutSeconds: 10|timeoutSeconds|10
          timeoutSeconds: 600|responseStartTimeoutSeconds|300
          timeoutSeconds: 300|responseStartTimeoutSeconds|
          containerConcurrency: 5|containerConcurrency|5
          containers: [{image: i, name: mine}]|containers/0/name|"mine"
          containers: [{image: i}, {image: j}]|containers/1/name|"user-container-1"
          containers: [{image: i}, {image: j, name: user-container-0}]|containers/0/name|"user-container-1"
          containers: [{image: i}, {image: j}]|containers/0/readinessProbe|
          containers: [{image: i}, {image: j, ports: [{containerPort: 1}]}]|containers/1/readinessProbe/tcpSocket|{"port":0}
          containers: [{image: i, ports: [{containerPort: 1}]}]|containers/0/ports/0/protocol|"TCP"
          containers: [{image: i, readinessProbe: {httpGet: {path: /h}}}]|containers/0/readinessProbe|{"httpGet":{"path":"/h"},"successThreshold":1}
          containers: [{image: i, readinessProbe: {periodSeconds: 5}}]|containers/0/readinessProbe|{"periodSeconds":5,"successThreshold":1,"tcpSocket":{"port":0},"failureThreshold":3,"timeoutSeconds":1}
          containers: [{image: i, volumeMounts: [{name: v, mountPath: /v}]}]|containers/0/volumeMounts/0/readOnly|true
          {containers: [{image: i, volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, emptyDir: {}}]}|containers/0/volumeMounts/0/readOnly|
          """)
  void aRevisionSpecGets(String spec, String path, String expected) {
    String flow = spec.startsWith("{") ? spec : "{" + spec + "}";
    KubernetesObject service =
        defaulted(
            ServingKinds.SERVICE, "metadata: {name: a}\nspec: {template: {spec: " + flow + "}}");
    JsonNode found = service.spec().at("/template/spec/" + path);
    assertThat(found.isMissingNode() ? null : found.toString()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [{revisionName: r}]|[{"revisionName":"r","latestRevision":false,"percent":0}]
          [{percent: 100}]|[{"percent":100,"latestRevision":true}]
          [{revisionName: r, percent: 60, tag: t}, {latestRevision: true, percent: 40}]|[{"revisionName":"r","percent":60,"tag":"t","latestRevision":false},{"latestRevision":true,"percent":40}]
          []|[{"latestRevision":true,"percent":100}]
          """)
  void eachTargetSaysWhetherItFollowsAndItsPercentage(String traffic, String expected) {
    KubernetesObject service =
        defaulted(ServingKinds.SERVICE, "metadata: {name: a}\nspec: {traffic: " + traffic + "}");
    assertThat(service.spec().path("traffic")).hasToString(expected);
  }
}
