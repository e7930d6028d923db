package dev.ebb.controllers.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.controllers.scaling.Proposal.Replicas;
import dev.ebb.controllers.scaling.Proposal.Unknown;
import dev.ebb.controllers.scaling.ReplicaCalculator.Tolerance;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.yaml.YamlReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/// Each Pod asks for half a core and 100 MiB.
class ReplicaCalculatorTest {
  private static final String CPU =
      "{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}";

  /// A word for each Pod: what it uses in percent of its request, or what is wrong with it.
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          twice the target                                  | 100 100           | 4
          a third of it                                     | 16 16 16          | 1
          within a tenth nothing changes                    | 55 55             | 2
          a little more does                                | 56 56             | 3
          within a tenth below nothing changes              | 45 45             | 2
          a little less does                                | 44 44 44 44 44 44 44 44 44 44 | 9
          one busy, the others idle                         | 200 10 10         | 5
          not used at all                                   | 0 0               | 0
          one that is not measured, with load               | 200 missing       | 4
          one that is not measured, taken as idle           | 100 missing       | 2
          one that is not measured, taken as busy           | 10 10 missing     | 3
          idle in spite of it                               | 1 1 1 1 1 1 1 1 1 1 missing | 3
          one that starts counts nothing with load          | 200 starting      | 4
          one that starts, taken as idle                    | 100 starting      | 2
          one that starts does not hold the others          | 20 starting       | 1
          one that waits for its image                      | 200 pending       | 4
          one that was ready minutes ago and is not now     | 100 100 lost      | 6
          one that never became ready                       | 100 100 never     | 4
          one that goes counts nowhere                      | 100 100 going     | 4
          one that failed counts nowhere                    | 100 100 failed    | 4
          """)
  void utilization(String name, String pods, int expected) {
    assertThat(propose(CPU, pods))
        .isInstanceOfSatisfying(
            Replicas.class, proposal -> assertThat(proposal.count()).isEqualTo(expected));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 50Mi}}} | 100 100 | 4 | memory resource | memory at 100Mi per instance on average, target 50Mi: 4 wanted | 104857600
          {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 50Mi}}} | 100 starting | 4 | memory resource | memory at 100Mi per instance on average, target 50Mi: 4 wanted | 104857600
          {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 50Mi}}} | 10 missing | 2 | memory resource | memory at 10Mi per instance on average, target 50Mi: 2 wanted | 10485760
          {type: Resource, resource: {name: cpu, target: {type: AverageValue, averageValue: 100m}}} | 100 | 5 | cpu resource | cpu at 500m per instance on average, target 100m: 5 wanted | 500m
          {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}} | 100 | 2 | cpu resource utilization (percentage of request) | cpu at 100 % of its request on average, target 50 %: 2 wanted | 500m
          {type: ContainerResource, containerResource: {name: cpu, container: main, target: {type: Utilization, averageUtilization: 50}}} | 100 | 2 | cpu container resource utilization (percentage of request) | cpu of container main at 100 % of its request on average, target 50 %: 2 wanted | 500m
          """)
  void targets(String metric, String pods, int count, String name, String words, String average) {
    assertThat(propose(metric, pods))
        .isInstanceOfSatisfying(
            Replicas.class,
            proposal -> {
              assertThat(proposal.count()).isEqualTo(count);
              assertThat(proposal.metric()).isEqualTo(name);
              assertThat(proposal.words()).isEqualTo(words);
              assertThat(proposal.status().findValue("averageValue").asString()).isEqualTo(average);
            });
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {type: Resource, resource: {name: cpu, target: {averageUtilization: 50}}} | missing | FailedGetResourceMetric | failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API
          {type: Resource, resource: {name: cpu, target: {averageUtilization: 50}}} | starting | FailedGetResourceMetric | failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)
          {type: Resource, resource: {name: cpu, target: {averageUtilization: 50}}} | 10 unbounded | FailedGetResourceMetric | failed to get cpu utilization: missing request for cpu in container main of Pod pod-1
          {type: Resource, resource: {name: cpu, target: {}}} | 10 | FailedGetResourceMetric | failed to get cpu utilization: invalid resource metric source: neither a utilization target nor a value target was set
          {type: ContainerResource, containerResource: {name: cpu, container: other, target: {averageUtilization: 50}}} | 10 | FailedGetContainerResourceMetric | failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)
          {type: Pods, pods: {metric: {name: queue}, target: {averageValue: 1}}} | 10 | FailedGetPodsMetric | unable to get metric queue: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered
          {type: Object, object: {metric: {name: queue}, target: {value: 1}}} | 10 | FailedGetObjectMetric | unable to get metric queue: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered
          {type: External, external: {metric: {name: queue}, target: {value: 1}}} | 10 | FailedGetExternalMetric | unable to get external metric queue: unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered
          {type: Guess} | 10 | InvalidMetricSourceType | unknown metric source type "Guess"
          """)
  void whatIsNotKnownIsTold(String metric, String pods, String reason, String problem) {
    assertThat(propose(metric, pods))
        .isInstanceOfSatisfying(
            Unknown.class,
            unknown -> {
              assertThat(unknown.reason()).isEqualTo(reason);
              assertThat(unknown.problem()).isEqualTo(problem);
            });
  }

  @Test
  void whereNoPodIsThereIsNoCount() {
    Map<String, PodUse> stranger = Map.of("other", ScaledPods.use(10));
    ReplicaCalculator calculator =
        new ReplicaCalculator(1, List.of(), stranger, new Tolerance(0.1, 0.1), ScaledPods.NOW);
    assertThat(calculator.propose(metric(CPU)))
        .isInstanceOfSatisfying(
            Unknown.class,
            unknown ->
                assertThat(unknown.problem())
                    .endsWith("no pods returned by selector while calculating replica count"));
  }

  @ParameterizedTest
  @CsvSource({"0, 0.2, 24, 1", "0.1, 0.2, 59, 2", "0.1, 0.2, 61, 3", "0.3, 0, 36, 2"})
  void tolerancesAreOfTheirDirection(double down, double up, int used, int expected) {
    List<KubernetesObject> pods = List.of(ScaledPods.pod(0, "10"), ScaledPods.pod(1, "10"));
    Map<String, PodUse> use = Map.of("pod-0", ScaledPods.use(used), "pod-1", ScaledPods.use(used));
    assertThat(
            new ReplicaCalculator(2, pods, use, new Tolerance(down, up), ScaledPods.NOW)
                .propose(metric(CPU)))
        .isInstanceOfSatisfying(
            Replicas.class, proposal -> assertThat(proposal.count()).isEqualTo(expected));
  }

  private static Proposal propose(String metric, String words) {
    List<KubernetesObject> pods = new ArrayList<>();
    Map<String, PodUse> use = new HashMap<>();
    for (String word : words.split(" ", -1)) {
      KubernetesObject pod = ScaledPods.pod(pods.size(), word);
      pods.add(pod);
      if (!word.equals("missing") && !word.equals("pending")) {
        int percent = Character.isDigit(word.charAt(0)) ? Integer.parseInt(word) : 100;
        use.put(pod.name(), ScaledPods.use(percent));
      }
    }
    return new ReplicaCalculator(pods.size(), pods, use, new Tolerance(0.1, 0.1), ScaledPods.NOW)
        .propose(metric(metric));
  }

  private static Metric metric(String yaml) {
    ObjectNode spec = (ObjectNode) YamlReader.readAll("{metrics: [" + yaml + "]}").getFirst();
    return Metric.of(spec).getFirst();
  }
}
