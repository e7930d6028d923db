package dev.ebb.controllers.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.yaml.YamlReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What becomes of counts that are proposed every fifteen seconds.
class LimitsTest {
  /// `7x20` is the proposal 7, twenty looks long.
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          it doubles at most             | {}                                                        | 1  | 100         | 4        | ScaleUpLimit
          and again                      | {}                                                        | 1  | 100 100     | 8        | ScaleUpLimit
          up to the most                 | {}                                                        | 10 | 100 100 100 | 30       | TooManyReplicas
          not below the least            | {}                                                        | 2  | 0x21        | 2        | TooFewReplicas
          a lower count is held          | {}                                                        | 9  | 3x20        | 9        | ScaleDownStabilized
          for five minutes               | {}                                                        | 9  | 3x22        | 3        | ReadyForNewScale
          by the highest of them         | {}                                                        | 9  | 3 6 3x19    | 6        | ScaleDownStabilized
          a lower count at once          | {scaleDown: {stabilizationWindowSeconds: 0}}              | 9  | 3           | 3        | DesiredWithinRange
          all fall at once               | {scaleDown: {stabilizationWindowSeconds: 0, policies: [{type: Percent, value: 100, periodSeconds: 15}]}} | 20 | 2 | 2 | DesiredWithinRange
          one by one                     | {scaleDown: {stabilizationWindowSeconds: 0, policies: [{type: Pods, value: 1, periodSeconds: 60}]}} | 9 | 2 | 8 | ScaleDownLimit
          one in a minute                | {scaleDown: {stabilizationWindowSeconds: 0, policies: [{type: Pods, value: 1, periodSeconds: 60}]}} | 9 | 2x4 | 8 | ScaleDownLimit
          and the next                   | {scaleDown: {stabilizationWindowSeconds: 0, policies: [{type: Pods, value: 1, periodSeconds: 60}]}} | 9 | 2x6 | 7 | ScaleDownLimit
          a tenth of them                | {scaleDown: {stabilizationWindowSeconds: 0, policies: [{type: Percent, value: 10, periodSeconds: 60}]}} | 20 | 2x4 | 18 | ScaleDownLimit
          the larger change              | {scaleDown: {stabilizationWindowSeconds: 0, policies: [{type: Percent, value: 10, periodSeconds: 60}, {type: Pods, value: 5, periodSeconds: 60}]}} | 20 | 2 | 15 | ScaleDownLimit
          the smaller change             | {scaleDown: {stabilizationWindowSeconds: 0, selectPolicy: Min, policies: [{type: Percent, value: 10, periodSeconds: 60}, {type: Pods, value: 5, periodSeconds: 60}]}} | 20 | 2 | 18 | ScaleDownLimit
          never down                     | {scaleDown: {stabilizationWindowSeconds: 0, selectPolicy: Disabled}} | 9 | 2x400 | 9 | ScaleDownLimit
          never up                       | {scaleUp: {selectPolicy: Disabled}}                       | 9  | 20x400      | 9        | ScaleUpLimit
          four or twice as many          | {scaleUp: {}}                                             | 1  | 100         | 5        | ScaleUpLimit
          twice as many                  | {scaleUp: {}}                                             | 6  | 100         | 12       | ScaleUpLimit
          a tenth up, rounded up         | {scaleUp: {policies: [{type: Percent, value: 10, periodSeconds: 60}]}} | 3 | 100 | 4 | ScaleUpLimit
          two up in a minute             | {scaleUp: {policies: [{type: Pods, value: 2, periodSeconds: 60}]}} | 3 | 100x4 | 5 | ScaleUpLimit
          and two more                   | {scaleUp: {policies: [{type: Pods, value: 2, periodSeconds: 60}]}} | 3 | 100x6 | 7 | ScaleUpLimit
          a peak is no reason            | {scaleUp: {stabilizationWindowSeconds: 60}}               | 3  | 3 9         | 3        | ScaleUpStabilized
          what lasts is one              | {scaleUp: {stabilizationWindowSeconds: 60}}               | 3  | 3 6x5       | 6        | ReadyForNewScale
          to the lowest of a minute      | {scaleUp: {stabilizationWindowSeconds: 60}}               | 3  | 3 6 9x3     | 6        | ScaleUpStabilized
          """)
  void countsGo(
      String name, String behavior, int begin, String proposals, int expected, String reasons) {
    Optional<Behavior> rules =
        behavior.equals("{}")
            ? Optional.empty()
            : Behavior.of(YamlReader.readAll("{behavior: " + behavior + "}").getFirst());
    Instant now = ScaledPods.NOW;
    History history = History.NONE.begun(begin, now);
    int current = begin;
    List<String> told = List.of();
    for (int proposed : counts(proposals)) {
      Limits.Outcome outcome = new Limits(rules, current, 2, 30, history, now).of(proposed);
      history = history.proposed(proposed, now, Limits.remembered(rules));
      if (outcome.replicas() != current) {
        history = history.changed(outcome.replicas() - current, now, Duration.ofHours(1));
      }
      current = outcome.replicas();
      told = List.of(outcome.able().reason(), outcome.limited().reason());
      now = now.plusSeconds(15);
    }
    assertThat(current).isEqualTo(expected);
    assertThat(told).contains(reasons.substring(reasons.lastIndexOf(' ') + 1));
  }

  private static List<Integer> counts(String words) {
    List<Integer> counts = new ArrayList<>();
    for (String word : words.split(" ", -1)) {
      String[] parts = word.split("x", -1);
      for (int i = 0; i < (parts.length == 1 ? 1 : Integer.parseInt(parts[1])); i++) {
        counts.add(Integer.parseInt(parts[0]));
      }
    }
    return counts;
  }
}
