package dev.ebb.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.autoscaler.KpaDecider.Panic;
import dev.ebb.dataplane.ScalingPolicy;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KpaDeciderTest {
  private static final long SECOND = 1_000_000_000L;

  static Stream<Arguments> recommendations() {
    return Stream.of(
        // target 10 unless said otherwise: name, knob, stable, panic, ready, instances, panicking
        row("no load wants nothing", same(), 0, 0, 0, 0, false),
        row("a little load wants one", same(), 0.1, 0.1, 1, 1, false),
        row("exactly the target is enough", same(), 10, 10, 1, 1, false),
        row("just above the target is not", same(), 10.000001, 10, 1, 2, false),
        row("utilization lowers the target", knob -> knob.target(10, 0.7), 14, 14, 2, 2, false),
        row("... and rounds up", knob -> knob.target(10, 0.7), 14.1, 14.1, 2, 3, false),
        row("a target of almost nothing is 0.01", knob -> knob.target(0, 1), 0.02, 0, 1, 2, false),
        row("twice the ready instances is panic", same(), 10, 20, 1, 2, true),
        row("less than twice is not", same(), 10, 29, 2, 1, false),
        row("a higher threshold", knob -> knob.panic(10, 300), 10, 20, 1, 1, false),
        row("panic takes the larger of both", same(), 100, 40, 2, 10, true),
        row("the rate up limits stable", knob -> knob.rates(3, 2), 100, 0, 2, 6, false),
        row("... and panic", knob -> knob.rates(3, 2), 0, 100, 2, 6, true),
        row("a rate near one still moves", knob -> knob.rates(1.1, 2), 30, 30, 2, 3, false),
        row("from zero the rate counts one", knob -> knob.rates(3, 2), 100, 0, 0, 3, false),
        row("the rate down limits", same(), 10, 10, 8, 4, false),
        row("... to whole instances", knob -> knob.rates(1000, 1.1), 10, 10, 8, 7, false),
        row("the last one may go", same(), 0, 0, 1, 0, false),
        row("unreachable falls at once", knob -> knob.unreachable(), 0, 0, 8, 0, false),
        row("activation scale is a floor", knob -> knob.activation(4), 1, 1, 1, 4, false),
        row("... beyond the rate", knob -> knob.rates(2, 2).activation(4), 1, 1, 1, 4, false),
        row("... but not of zero", knob -> knob.activation(4), 0, 0, 1, 0, false));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("recommendations")
  void recommends(
      String name,
      ScalingPolicy policy,
      double stable,
      double panicking,
      int ready,
      int instances,
      boolean panics) {
    var got = KpaDecider.recommend(policy, stable, panicking, ready, Panic.NONE, 0);
    assertThat(got.instances()).isEqualTo(instances);
    assertThat(got.panic().active()).isEqualTo(panics);
  }

  @Test
  void panicNeverScalesDownAndEndsAStableWindowAfterTheLastExcess() {
    var policy = Policies.with(same());
    var panic = KpaDecider.recommend(policy, 10, 80, 1, Panic.NONE, 100 * SECOND).panic();
    assertThat(panic).isEqualTo(new Panic(true, 100 * SECOND, 8));

    // Later excess prolongs it, even with a smaller wish.
    panic = KpaDecider.recommend(policy, 10, 40, 2, panic, 130 * SECOND).panic();
    assertThat(panic).isEqualTo(new Panic(true, 130 * SECOND, 8));

    var quiet = KpaDecider.recommend(policy, 10, 0, 8, panic, 190 * SECOND);
    assertThat(quiet.instances()).isEqualTo(8);
    assertThat(quiet.panic().active()).isTrue();

    var after = KpaDecider.recommend(policy, 10, 0, 8, quiet.panic(), 191 * SECOND);
    assertThat(after.panic()).isEqualTo(Panic.NONE);
    assertThat(after.instances()).isEqualTo(4);
  }

  @Test
  void aClockThatWrapsAroundDoesNotEndPanic() {
    var policy = Policies.with(same());
    var panic = KpaDecider.recommend(policy, 10, 80, 1, Panic.NONE, Long.MAX_VALUE).panic();
    var next = KpaDecider.recommend(policy, 10, 0, 8, panic, Long.MIN_VALUE + SECOND);
    assertThat(next.panic().active()).isTrue();
  }

  private static UnaryOperator<Policies> same() {
    return UnaryOperator.identity();
  }

  private static Arguments row(
      String name,
      UnaryOperator<Policies> knob,
      double stable,
      double panicking,
      int ready,
      int instances,
      boolean panics) {
    return Arguments.of(name, Policies.with(knob), stable, panicking, ready, instances, panics);
  }
}
