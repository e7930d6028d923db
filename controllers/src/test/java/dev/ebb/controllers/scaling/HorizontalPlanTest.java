package dev.ebb.controllers.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.controllers.scaling.HorizontalPlan.Target;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.yaml.YamlReader;
import dev.ebb.reconcile.Condition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class HorizontalPlanTest {
  private static final String CPU =
      "{type: Resource, resource: {name: cpu, target: {averageUtilization: 50}}}";
  private static final String MEMORY =
      "{type: Resource, resource: {name: memory, target: {averageValue: 50Mi}}}";
  private static final String QUEUE = "{type: Pods, pods: {metric: {name: queue}}}";

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          more is needed        | 2 | 100 | cpu         | 4 | cpu resource utilization (percentage of request) above target | ReadyForNewScale ValidMetricFound DesiredWithinRange
          the largest counts    | 2 | 60  | cpu memory  | 3 | cpu resource utilization (percentage of request) above target | ReadyForNewScale ValidMetricFound DesiredWithinRange
          at once too fast      | 2 | 300 | cpu         | 4 | cpu resource utilization (percentage of request) above target | ReadyForNewScale ValidMetricFound ScaleUpLimit
          too many              | 4 | 200 | cpu         | 6 | cpu resource utilization (percentage of request) above target | ReadyForNewScale ValidMetricFound TooManyReplicas
          less is held          | 3 | 10  | cpu         | 3 |                                                               | ScaleDownStabilized ValidMetricFound DesiredWithinRange
          above the bounds      | 9 | 10  | cpu         | 6 | Current number of replicas above Spec.MaxReplicas             | SucceededGetScale
          below the bounds      | 1 | 99  | cpu         | 2 | Current number of replicas below Spec.MinReplicas             | SucceededGetScale
          off                   | 0 | 99  | cpu         | 0 |                                                               | SucceededGetScale ScalingDisabled
          no metric is known    | 3 | 99  | queue       |   |                                                               | SucceededGetScale FailedGetPodsMetric
          one is, for more      | 3 | 99  | queue cpu   | 6 | cpu resource utilization (percentage of request) above target | ReadyForNewScale ValidMetricFound DesiredWithinRange
          one is, for less      | 3 | 10  | queue cpu   |   |                                                               | SucceededGetScale FailedGetPodsMetric
          """)
  void looks(
      String name,
      int replicas,
      int percent,
      String metrics,
      Integer desired,
      String reason,
      String conditions) {
    HorizontalPlan plan =
        HorizontalPlan.of(
            autoscaler(metrics),
            new Target(replicas, "app=web"),
            pods(replicas),
            use(percent),
            List.of(),
            History.NONE,
            ScaledPods.NOW);
    assertThat(plan.desired().isPresent() ? plan.desired().getAsInt() : null).isEqualTo(desired);
    assertThat(plan.reason()).isEqualTo(reason == null ? "" : reason);
    assertThat(plan.conditions().stream().map(Condition::reason))
        .containsExactly(conditions.split(" ", -1));
    assertThat(plan.rescales()).isEqualTo(desired != null && desired != replicas);
  }

  @Test
  void aDayOfLoadIsFollowed() {
    History history = History.NONE;
    int count = 2;
    StringBuilder counts = new StringBuilder();
    // Night, morning, noon, a dip at lunch, evening; an hour each, a look every fifteen seconds.
    int[] hours = {20, 120, 260, 30, 260, 10};
    for (int look = 0; look < hours.length * 240; look++) {
      int total = hours[look / 240] * 2;
      HorizontalPlan plan =
          HorizontalPlan.of(
              autoscaler("cpu"),
              new Target(count, "app=web"),
              pods(count),
              use(total / count),
              List.of(),
              history,
              ScaledPods.NOW.plusSeconds(15L * look));
      history = plan.history();
      count = plan.desired().orElse(count);
      if (look % 240 == 10 || look % 240 == 239) {
        counts.append(count).append(' ');
      }
    }
    // Ten looks after the hour began, and at its end: up at once, down after five minutes.
    assertThat(counts.toString().strip()).isEqualTo("2 2 5 5 6 6 6 2 6 6 6 2");
    assertThat(history.proposals()).hasSizeLessThan(25);
  }

  @Test
  void theStatusTellsOfIt() {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    HorizontalPlan up = plan(2, 100, List.of());
    up.status(status, Optional.of(HorizontalConditions.updated(4)), ScaledPods.NOW);
    assertThat(status)
        .isEqualTo(
            YamlReader.readAll(
                    """
                    currentReplicas: 2
                    desiredReplicas: 4
                    currentMetrics:
                    - {type: Resource, resource: {name: cpu, current: {averageUtilization: 100, averageValue: 500m}}}
                    lastScaleTime: "2026-01-01T12:00:00Z"
                    conditions:
                    - {type: AbleToScale, status: "True", lastTransitionTime: "2026-01-01T12:00:00Z", reason: SucceededRescale, message: the HPA controller was able to update the target scale to 4}
                    - {type: ScalingActive, status: "True", lastTransitionTime: "2026-01-01T12:00:00Z", reason: ValidMetricFound, message: the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)}
                    - {type: ScalingLimited, status: "False", lastTransitionTime: "2026-01-01T12:00:00Z", reason: DesiredWithinRange, message: the desired count is within the acceptable range}
                    """)
                .getFirst());

    plan(4, 300, List.of()).status(status, Optional.empty(), ScaledPods.NOW.plusSeconds(15));
    assertThat(status.at("/conditions/0/lastTransitionTime").asString())
        .as("of a condition whose status is as before")
        .isEqualTo("2026-01-01T12:00:00Z");
    assertThat(status.at("/conditions/2/lastTransitionTime").asString())
        .isEqualTo("2026-01-01T12:00:15Z");
  }

  @Test
  void aCountThatWasNotWrittenIsNotTold() {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    plan(2, 100, List.of())
        .status(status, Optional.of(HorizontalConditions.notUpdated("no")), ScaledPods.NOW);
    assertThat(status.path("desiredReplicas").asInt()).isZero();
    assertThat(status.has("lastScaleTime")).isFalse();
    assertThat(status.at("/conditions/0/reason").asString()).isEqualTo("FailedUpdateScale");
  }

  @Test
  void twoThatScaleTheSameDoNothing() {
    HorizontalPlan plan = plan(2, 100, List.of("one", "two"));
    assertThat(plan.desired()).isEmpty();
    assertThat(plan.conditions().getLast().message())
        .isEqualTo("pods by selector app=web are controlled by multiple HPAs: [one, two]");
  }

  @Test
  void wordsTellWhatLimitsACount() {
    assertThat(plan(4, 200, List.of()).words())
        .isEqualTo(
            "cpu at 200 % of its request on average, target 50 %: 16 wanted, limited by max-scale 6");
  }

  private static HorizontalPlan plan(int replicas, int percent, List<String> rivals) {
    return HorizontalPlan.of(
        autoscaler("cpu"),
        new Target(replicas, "app=web"),
        pods(replicas),
        use(percent),
        rivals,
        History.NONE,
        ScaledPods.NOW);
  }

  private static KubernetesObject autoscaler(String metrics) {
    Map<String, String> known = Map.of("cpu", CPU, "memory", MEMORY, "queue", QUEUE);
    StringBuilder list = new StringBuilder();
    for (String metric : metrics.split(" ", -1)) {
      list.append(known.get(metric)).append(", ");
    }
    return new KubernetesObject(
        (ObjectNode)
            YamlReader.readAll(
                    "{metadata: {name: web, namespace: default},"
                        + " spec: {minReplicas: 2, maxReplicas: 6, metrics: ["
                        + list
                        + "]}}")
                .getFirst());
  }

  private static List<KubernetesObject> pods(int count) {
    return IntStream.range(0, count).mapToObj(index -> ScaledPods.pod(index, "ready")).toList();
  }

  private static PodUsage use(int percent) {
    return pods -> {
      Map<ObjectKey, PodUse> use = new HashMap<>();
      pods.forEach(pod -> use.put(pod.key(), ScaledPods.use(percent)));
      return use;
    };
  }
}
