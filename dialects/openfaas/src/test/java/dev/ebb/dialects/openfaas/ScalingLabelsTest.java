package dev.ebb.dialects.openfaas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalingLabelsTest {
  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "-                        | max-scale=20 metric=rps min-scale=1 target=50"
            + " target-utilization-percentage=90",
        "min=3 max=6              | max-scale=6 metric=rps min-scale=3 target=50"
            + " target-utilization-percentage=90",
        "type=capacity target=10 target-proportion=0.7"
            + " | max-scale=20 metric=concurrency min-scale=1 target=10"
            + " target-utilization-percentage=70",
        "type=queue target=1      | max-scale=20 metric=concurrency min-scale=1 target=1"
            + " target-utilization-percentage=90 scaling-metric=backlog",
        "type=queue zero=true     | max-scale=20 metric=concurrency min-scale=0"
            + " scale-to-zero-pod-retention-period=14m0s target=50"
            + " target-utilization-percentage=90 window=1m0s scaling-metric=backlog",
        "zero=true                | max-scale=20 metric=rps min-scale=0"
            + " scale-to-zero-pod-retention-period=14m0s target=50"
            + " target-utilization-percentage=90 window=1m0s",
        "zero=true zero-duration=30s min=2 | activation-scale=2 max-scale=20 metric=rps min-scale=0"
            + " scale-to-zero-pod-retention-period=0s target=50"
            + " target-utilization-percentage=90 window=30s",
        "zero=true zero-duration=2s | max-scale=20 metric=rps min-scale=0"
            + " scale-to-zero-pod-retention-period=0s target=50"
            + " target-utilization-percentage=90 window=6s",
        "down.window=5m           | max-scale=20 metric=rps min-scale=1 scale-down-delay=5m0s"
            + " target=50 target-utilization-percentage=90",
        "type=cpu target=500      | class=hpa.autoscaling.knative.dev max-scale=20 metric=cpu"
            + " min-scale=1 target=90",
      })
  void labelsBecomeAnnotations(String labels, String annotations) {
    assertThat(told(labels, Optional.empty())).isEqualTo(annotations);
  }

  @Test
  void aTargetOfTheProcessorIsAShareOfWhatWasAskedFor() {
    assertThat(told("type=cpu target=500 target-proportion=1", Optional.of(1000L)))
        .contains("target=50");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "min=x            | com.openfaas.scale.min must be a whole number, 0 or more, not \"x\"",
        "max=-1           | com.openfaas.scale.max must be a whole number, 0 or more, not \"-1\"",
        "max=99999999     | com.openfaas.scale.max must be",
        "min=4 max=2      | com.openfaas.scale.max must not be below com.openfaas.scale.min",
        "type=memory      | com.openfaas.scale.type must be one of rps, capacity, cpu, queue",
        "target=0         | com.openfaas.scale.target must be a number above 0",
        "target=many      | com.openfaas.scale.target must be a number",
        "target-proportion=1.5 | com.openfaas.scale.target-proportion must be a number above 0",
        "zero=yes         | com.openfaas.scale.zero must be true or false",
        "zero=true zero-duration=soon | com.openfaas.scale.zero-duration must be a duration",
        "down.window=-5m  | com.openfaas.scale.down.window must be a duration",
      })
  void whatMeansNothingIsRefused(String labels, String message) {
    assertThatThrownBy(() -> told(labels, Optional.empty()))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining(message)
        .extracting(refused -> ((Refusal) refused).status())
        .isEqualTo(400);
  }

  private static String told(String labels, Optional<Long> cpuRequest) {
    Map<String, String> all = new HashMap<>();
    if (labels != null) {
      for (String label : labels.strip().split(" +")) {
        all.put(ScalingLabels.PREFIX + label.split("=")[0], label.split("=")[1]);
      }
    }
    StringBuilder told = new StringBuilder();
    new TreeMap<>(new ScalingLabels(all).annotations(cpuRequest))
        .forEach((name, value) ->
            told.append(' ')
                .append(name.substring(name.indexOf('/') + 1))
                .append('=')
                .append(value));
    return told.toString().strip();
  }
}
