package dev.ebb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutTest {
  @ParameterizedTest
  @CsvSource({
    // desired, current, ready, outdated -> start, surge, stop outdated, stop current
    "0, 0, 0, 0,  0, false, 0, 0",
    "3, 0, 0, 0,  3, false, 0, 0",
    "3, 1, 0, 0,  2, false, 0, 0",
    "1, 3, 3, 0,  0, false, 0, 2",
    "0, 2, 1, 0,  0, false, 0, 2",
    // one more is started, and an old one goes when it is ready
    "3, 0, 0, 3,  1, true,  0, 0",
    "3, 1, 0, 3,  0, true,  0, 0",
    "3, 1, 1, 3,  1, true,  1, 0",
    "3, 3, 2, 1,  0, true,  0, 0",
    "3, 3, 3, 1,  0, false, 1, 0",
    // a larger count does not wait for the change, a smaller one ends the old first
    "5, 0, 0, 3,  3, true,  0, 0",
    "1, 1, 1, 3,  0, false, 3, 0",
    "1, 0, 0, 3,  1, true,  2, 0",
    "0, 1, 1, 2,  0, false, 2, 1"
  })
  void aStepKeepsAsManyReadyAsAreWanted(
      int desired,
      int current,
      int ready,
      int outdated,
      int start,
      boolean surge,
      int stopOutdated,
      int stopCurrent) {
    var step = Rollout.step(desired, current, ready, outdated);
    assertThat(step.start()).isEqualTo(start);
    assertThat(step.stopOutdated()).isEqualTo(stopOutdated);
    assertThat(step.stopCurrent()).isEqualTo(stopCurrent);
    if (start > 0) {
      assertThat(step.surge()).isEqualTo(surge);
    }
  }
}
