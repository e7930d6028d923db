package dev.ebb.cli.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LoadSampleTest {
  private static LoadSample sample(
      long seconds, Map<Integer, Long> answers, Map<String, Long> failures) {
    return new LoadSample(
        seconds * 1_000_000_000L,
        Latencies.NONE,
        new TreeMap<>(answers),
        new TreeMap<>(failures),
        3);
  }

  @Test
  void errorsAreAnswersFrom400OnAndRequestsWithoutAnAnswer() {
    LoadSample sample =
        sample(2, Map.of(200, 90L, 304, 4L, 399, 1L, 400, 2L, 503, 3L), Map.of("refused", 10L));

    assertThat(sample.requests()).isEqualTo(110);
    assertThat(sample.errors()).isEqualTo(15);
    assertThat(sample.requestsPerSecond()).isEqualTo(55);
  }

  @Test
  void whatCameSinceIsTheDifference() {
    LoadSample earlier = sample(10, Map.of(200, 100L, 503, 5L), Map.of("refused", 7L));
    LoadSample later = sample(12, Map.of(200, 140L, 503, 5L, 502, 1L), Map.of("refused", 9L));
    LoadSample between = later.since(earlier);

    assertThat(between.answers()).isEqualTo(Map.of(200, 40L, 502, 1L));
    assertThat(between.failures()).isEqualTo(Map.of("refused", 2L));
    assertThat(between.requestsPerSecond()).isEqualTo(21.5);
    assertThat(between.inFlight()).isEqualTo(3);
    assertThat(later.since(LoadSample.NOTHING).answers()).isEqualTo(later.answers());
  }

  @Test
  void noTimeIsNoRate() {
    assertThat(LoadSample.NOTHING.requestsPerSecond()).isZero();
    assertThat(LoadSample.NOTHING.errors()).isZero();
  }
}
