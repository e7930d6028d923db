package dev.ebb.kinds.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.SameJson;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.yaml.YamlReader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/// Versions that are views of another one: there and back nothing is lost.
class ConversionTest {
  private static final BuiltInKinds KINDS = new BuiltInKinds();

  static Stream<KindDefinition> old() {
    return KINDS.all().stream().filter(kind -> !kind.isStored());
  }

  @ParameterizedTest
  @MethodSource("old")
  void isStoredInAVersionThatIsServed(KindDefinition kind) {
    assertThat(KINDS.stored(kind.version().group(), kind.plural()))
        .hasValueSatisfying(stored -> {
          assertThat(stored.type().apiVersion()).isEqualTo(kind.version().apiVersion());
          assertThat(stored.namespaced()).isEqualTo(kind.namespaced());
          assertThat(stored.statusSubresource()).isEqualTo(kind.statusSubresource());
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          autoscaling/v1|HorizontalPodAutoscaler|{spec: {maxReplicas: 3, targetCPUUtilizationPercentage: 50}}|{spec: {maxReplicas: 3, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}}
          autoscaling/v1|HorizontalPodAutoscaler|{metadata: {annotations: {autoscaling.alpha.kubernetes.io/metrics: '[{"type":"Pods"}]', autoscaling.alpha.kubernetes.io/behavior: '{"scaleUp":{"x":1}}'}}, spec: {maxReplicas: 3}}|{metadata: {}, spec: {maxReplicas: 3, metrics: [{type: Pods}], behavior: {scaleUp: {x: 1}}}}
          autoscaling/v1|HorizontalPodAutoscaler|{status: {currentCPUUtilizationPercentage: 7}}|{status: {currentMetrics: [{type: Resource, resource: {name: cpu, current: {averageUtilization: 7}}}]}}
          extensions/v1beta1|Ingress|{spec: {backend: {serviceName: a, servicePort: 80}, rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {serviceName: b, servicePort: http}}]}}]}}|{spec: {defaultBackend: {service: {name: a, port: {number: 80}}}, rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: b, port: {name: http}}}}]}}]}}
          events.k8s.io/v1|Event|{regarding: {name: p}, note: n, reportingController: c, deprecatedCount: 2}|{involvedObject: {name: p}, message: n, reportingComponent: c, count: 2}
          batch/v1beta1|CronJob|{spec: {schedule: '@daily'}}|{spec: {schedule: '@daily'}}
          """)
  void isTheSameInOtherWords(String apiVersion, String kind, String old, String stored) {
    KindDefinition definition = KINDS.byType(GroupVersionKind.of(apiVersion, kind)).orElseThrow();
    ObjectNode object = read(old);
    definition.version().conversion().toStored(object);
    assertThat(SameJson.same(object, read(stored))).as(object.toString()).isTrue();
    definition.version().conversion().fromStored(object);
    ObjectNode expected = read(old);
    assertThat(SameJson.same(object, expected)).as(object.toString()).isTrue();
  }

  @Test
  void anAnnotationThatIsNoJsonSaysNothing() {
    ObjectNode object =
        read("{metadata: {annotations: {autoscaling.alpha.kubernetes.io/metrics: '['}}, spec: {}}");
    AutoscalerV1.CONVERSION.toStored(object);
    assertThat(object.path("spec").isEmpty()).isTrue();
  }

  @Test
  void anOldDeploymentChoosesByTheLabelsOfItsTemplate() {
    ObjectNode object = read("{spec: {template: {metadata: {labels: {a: b}}}}}");
    OldWorkload.CONVERSION.toStored(object);
    assertThat(object.at("/spec/selector/matchLabels/a").asString()).isEqualTo("b");
  }

  private static ObjectNode read(String yaml) {
    return (ObjectNode) YamlReader.readAll(yaml).getFirst();
  }
}
