package dev.ebb.autoscaler;

import static dev.ebb.autoscaler.World.HELLO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.ScalingDecision;
import dev.ebb.dataplane.ScalingPolicy.Metric;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Why a revision has so many instances, in words, after hours that pass in virtual time.
class DecisionTest {
  static Stream<Arguments> stories() {
    return Stream.of(
        story(
            "load in quiet times",
            knob -> knob.panic(10, 1000),
            world -> world.load(37, 1).pass(60),
            "1 -> 4: stable: 37.0 requests in flight on average over 60 s, 10.0 per instance: 4 wanted"),
        story(
            "a burst",
            knob -> knob,
            world -> world.load(0, 1).pass(60).load(42, 1).pass(6),
            "3 -> 5: panic: 42.0 requests in flight on average over 6 s, 10.0 per instance: 5 wanted"),
        story(
            "a burst that fits no bounds",
            knob -> knob.bounds(0, 3),
            world -> world.load(420, 1).pass(6),
            "1 -> 3: panic: 420.0 requests in flight on average over 6 s, 10.0 per instance: 42 wanted, limited by max-scale 3"),
        story(
            "requests per second",
            knob -> knob.metric(Metric.RPS).panic(10, 1000),
            world -> world.requests(37, 1).pass(60),
            "1 -> 4: stable: 37.0 requests per second on average over 60 s, 10.0 per instance: 4 wanted"),
        story(
            "use",
            knob -> knob.metric(Metric.USE).bounds(0, 3),
            world -> {
              world.load(0, 1).pass(7200);
              world.autoscaler.prescribe(HELLO, 4, "cpu at 200 %: 4 wanted");
            },
            "1 -> 3: cpu at 200 %: 4 wanted, limited by max-scale 3"),
        story(
            "use, of which nobody tells",
            knob -> knob.metric(Metric.USE),
            world -> world.pass(2),
            "0 -> 1: scaled by what its instances use: the last one stays"),
        story(
            "use, from now on",
            knob -> knob,
            world -> world.register(Policies.with(other -> other.metric(Metric.USE))).pass(2),
            "0 -> 1: scaled by what its instances use: the last one stays"),
        story(
            "a rate",
            knob -> knob.rates(2, 2),
            world -> world.load(420, 1).pass(2),
            "1 -> 2: panic: 420.0 requests in flight on average over 6 s, 10.0 per instance: 42 wanted, limited by max-scale-up-rate 2.0 of 1 ready"),
        story(
            "a rate down",
            knob -> knob.rates(1000, 2).window(6).panic(10, 1000),
            world -> world.load(80, 8).pass(8).load(0.5, 8).pass(8),
            "6 -> 4: stable: 27.0 requests in flight on average over 6 s, 10.0 per instance: 3 wanted, limited by max-scale-down-rate 2.0 of 8 ready"),
        story(
            "idle",
            knob -> knob,
            world -> world.load(0, 1).pass(64),
            "1 -> 0: nothing for 60 s: scaled to zero"),
        story(
            "idle, with a retention period",
            knob -> knob.zero(true, 30),
            world -> world.load(0, 1).pass(94),
            "1 -> 0: nothing for 60 s: scaled to zero after scale-to-zero-pod-retention-period 30 s"),
        story(
            "a start that never ends",
            knob -> knob.initial(2),
            world -> world.load(0, 0).pass(634),
            "2 -> 0: not ready within 630 s: given up"),
        story(
            "a new revision",
            knob -> knob.initial(2),
            world -> {},
            "0 -> 2: raised to initial-scale 2, until so many were ready"),
        story(
            "a request at zero",
            knob -> knob,
            DecisionTest::request,
            "0 -> 1: left zero for a waiting request"),
        story(
            "a request at zero, with activation-scale",
            knob -> knob.activation(4),
            DecisionTest::request,
            "0 -> 4: left zero for a waiting request, at activation-scale 4"),
        story(
            "a request at zero, within max-scale",
            knob -> knob.activation(4).bounds(0, 3),
            DecisionTest::request,
            "0 -> 3: left zero for a waiting request, limited by max-scale 3"),
        story(
            "load after a start of several",
            knob -> knob.activation(4),
            world -> world.load(5, 0).pass(2),
            "0 -> 4: stable: 5.0 requests in flight on average over 60 s, 10.0 per instance: 1 wanted, raised to activation-scale 4"),
        story(
            "a floor",
            knob -> knob.bounds(2, 0),
            world ->
                world.load(0, 2).pass(2).register(Policies.with(one -> one.bounds(3, 0))).pass(2),
            "2 -> 3: stable: 0.0 requests in flight on average over 60 s, 10.0 per instance: 0 wanted, raised to min-scale 3"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stories")
  void theLastChangeIsToldInWords(
      String name, UnaryOperator<Policies> knob, Consumer<World> happens, String told) {
    try (var world = new World()) {
      world.register(Policies.with(knob));
      happens.accept(world);

      assertThat(world.changes()).last().isEqualTo(told);
    }
  }

  static Stream<Arguments> reasons() {
    return Stream.of(
        story(
            "the window",
            knob -> knob,
            world -> world.load(0, 1).pass(10),
            "stable: 0.0 requests in flight on average over 60 s, 10.0 per instance: 0 wanted, kept for the stable window of 60 s"),
        story(
            "the retention period",
            knob -> knob.window(6).zero(true, 1800),
            world -> world.load(0, 1).pass(1200),
            "stable: 0.0 requests in flight on average over 6 s, 10.0 per instance: 0 wanted, kept for scale-to-zero-pod-retention-period 1800 s"),
        story(
            "a delay",
            knob -> knob.window(6).delay(60).panic(10, 1000),
            world -> world.load(40, 4).pass(10).load(10, 4).pass(20),
            "stable: 10.0 requests in flight on average over 6 s, 10.0 per instance: 1 wanted, held by scale-down-delay 60 s"),
        story(
            "panic mode",
            knob -> knob,
            world -> world.load(42, 1).pass(8).load(1, 5).pass(20),
            "panic: 12.7 requests in flight on average over 60 s, 10.0 per instance: 2 wanted, and in panic mode the count does not fall"),
        story(
            "no zero",
            knob -> knob.zero(false, 0),
            world -> world.load(0, 1).pass(3600),
            "stable: 0.0 requests in flight on average over 60 s, 10.0 per instance: 0 wanted, kept because enable-scale-to-zero is false"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("reasons")
  void whatKeepsTheCountIsToldInWords(
      String name, UnaryOperator<Policies> knob, Consumer<World> happens, String told) {
    try (var world = new World()) {
      world.register(Policies.with(knob));
      happens.accept(world);

      assertThat(world.explanation()).isEqualTo(told);
    }
  }

  @Test
  void theLastTenChangesAreKeptWithTheirTimes() {
    try (var world = new World()) {
      world.register(Policies.with(knob -> knob.window(6)));
      for (int day = 0; day < 20; day++) {
        world.load(5, 1).pass(10).load(0, 1).pass(30).load(0, 0).pass(86_360);
      }

      List<ScalingDecision> changes = world.autoscaler.lastChanges(HELLO);
      assertThat(changes).hasSize(10);
      assertThat(changes)
          .extracting(ScalingDecision::desired)
          .containsExactly(1, 0, 1, 0, 1, 0, 1, 0, 1, 0);
      assertThat(Duration.between(changes.getFirst().at(), changes.get(8).at()))
          .isEqualTo(Duration.ofDays(4));
      assertThat(changes.getLast().at()).isAfter(Instant.EPOCH.plus(Duration.ofDays(19)));
      assertThat(world.autoscaler.lastChanges(new RevisionId("default", "unknown"))).isEmpty();
    }
  }

  private static void request(World world) {
    world.autoscaler.raise(HELLO);
    world.runActivations();
  }

  private static Arguments story(
      String name, UnaryOperator<Policies> knob, Consumer<World> happens, String told) {
    return Arguments.of(name, knob, happens, told);
  }
}
