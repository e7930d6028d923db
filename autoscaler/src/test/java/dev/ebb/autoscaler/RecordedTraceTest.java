package dev.ebb.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.ScalingPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Decisions against a model of Knative's rules, tick by tick. `kpa_traces.py` beside the traces is
/// that model and says what the columns are.
class RecordedTraceTest {
  static Stream<Arguments> traces() {
    return Stream.of(
        Arguments.of("day.txt", Policies.with(knob -> knob.target(10, 0.7)), 300),
        Arguments.of(
            "bounded.txt",
            Policies.with(knob ->
                knob.window(30)
                    .panic(20, 150)
                    .rates(2, 1.5)
                    .delay(15)
                    .bounds(0, 12)
                    .activation(3)
                    .zero(true, 20)),
            150),
        Arguments.of(
            "floor.txt",
            Policies.with(knob -> knob.target(1, 1).window(120).bounds(2, 0).rates(10, 10)),
            150));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("traces")
  void everyTickDecidesAsTheModelDid(String file, ScalingPolicy policy, int decisions) {
    var world = new World().register(policy);
    var differences = new ArrayList<String>();
    int compared = 0;
    for (var row : rows(file)) {
      world.load(row.concurrency(), row.ready()).pass(1);
      var decision = world.autoscaler.lastDecision(World.HELLO).orElseThrow();
      if (row.second() % 2 == 0) {
        compared++;
        if (decision.desired() != row.desired() || decision.panicking() != row.panicking()) {
          differences.add(row + " but decided " + decision);
        }
      }
    }
    assertThat(differences).isEmpty();
    assertThat(compared).isGreaterThan(decisions / 2);
  }

  private record Row(int second, double concurrency, int ready, int desired, boolean panicking) {}

  private static List<Row> rows(String file) {
    try (var in = Objects.requireNonNull(RecordedTraceTest.class.getResourceAsStream(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" ", -1))
          .map(cells ->
              new Row(
                  Integer.parseInt(cells[0]),
                  Double.parseDouble(cells[1]),
                  Integer.parseInt(cells[2]),
                  Integer.parseInt(cells[3]),
                  cells[4].equals("panic")))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
