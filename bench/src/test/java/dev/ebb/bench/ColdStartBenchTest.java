package dev.ebb.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ColdStartBenchTest {
  private static final String METRICS =
      """
      # TYPE ebb_node_instances gauge
      ebb_node_instances{phase="draining"} 1.0
      ebb_node_instances{phase="ready"} 2.0
      ebb_node_start_seconds_bucket{phase="boot",le="5.0E-4"} 0
      ebb_node_start_seconds_count{phase="boot"} 4
      ebb_node_start_seconds_sum{phase="boot"} 3.5E-2
      """;

  @Test
  void countsInstancesInEveryPhase() {
    assertThat(ColdStartBench.instances(METRICS)).isEqualTo(3);
  }

  @Test
  void metricsWithoutInstancesAreNoZero() {
    assertThatThrownBy(() -> ColdStartBench.instances("")).hasMessageContaining("nothing");
  }

  @Test
  void readsSumAndCountOfPhases() {
    assertThat(ColdStartBench.phases(METRICS)).containsOnlyKeys("boot");
    assertThat(ColdStartBench.phases(METRICS).get("boot")).containsExactly(0.035, 4);
  }
}
