package dev.ebb.autoscaler;

import static dev.ebb.autoscaler.World.HELLO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.MetricFamily.Value.Scalar;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RevisionStats;
import dev.ebb.dataplane.ScalingPolicy;
import dev.ebb.dataplane.ScalingPolicy.Metric;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Scaling by the asynchronous calls that are not done.
class BacklogTest {
  private final World world = new World();

  private static ScalingPolicy policy(UnaryOperator<Policies> knob) {
    return Policies.with(it -> knob.apply(it.metric(Metric.BACKLOG)));
  }

  @ParameterizedTest
  @CsvSource({
    // backlog, target, proportion, min, max, desired at the first decision
    "0,       10,  1,   0, 0,  0",
    "0,       10,  1,   2, 0,  2",
    "1,       10,  1,   0, 0,  1",
    "10,      10,  1,   0, 0,  1",
    "11,      10,  1,   0, 0,  2",
    "30,      1,   1,   1, 10, 10",
    "30,      1,   1,   1, 0,  30",
    "45,      50,  0.9, 0, 20, 1",
    "46,      50,  0.9, 0, 20, 2",
    "21,      3,   0.7, 0, 0,  10",
    "5,       10,  1,   3, 20, 3",
    "9999999999, 1, 1,  0, 20, 20",
  })
  void theBacklogWantsAtOnce(
      long backlog, double target, double proportion, int min, int max, int desired) {
    world.register(policy(knob -> knob.target(target, proportion).bounds(min, max)));
    world.backlog(backlog, min).pass(2);
    assertThat(world.desired()).isEqualTo(desired);
  }

  @Test
  void aFunctionThatWasQuietForLongGrowsAtOnceAndWithItsBacklog() {
    world.register(policy(knob -> knob.bounds(1, 0))).backlog(0, 1).pass(600);
    world.backlog(25, 1).pass(2);
    assertThat(world.desired()).isEqualTo(3);
    assertThat(world.explanation())
        .isEqualTo("backlog: 25 asynchronous calls, 10.0 per instance: 3 wanted");
    world.backlog(200, 3).pass(2);
    assertThat(world.desired()).isEqualTo(20);
  }

  @ParameterizedTest
  @CsvSource({
    // scale-down-delay, seconds that the count is held
    "0, 60",
    "30, 60",
    "120, 120"
  })
  void aBacklogThatIsDoneHoldsItsInstancesForTheWindow(int delay, int seconds) {
    world.register(policy(knob -> knob.bounds(1, 0).delay(delay))).backlog(80, 1).pass(10);
    world.backlog(0, 8).pass(seconds - 2);
    assertThat(world.desired()).isEqualTo(8);
    assertThat(world.explanation())
        .isEqualTo(
            "backlog: 0 asynchronous calls, 10.0 per instance: 0 wanted, "
                + (delay > 60
                    ? "held by scale-down-delay 120 s"
                    : "held for the stable window of 60 s"));
    world.pass(2);
    assertThat(world.desired()).isEqualTo(1);
  }

  @Test
  void fromZeroAndBackAfterTheWindowAndTheRetention() {
    world.register(policy(knob -> knob.zero(true, 30).activation(2))).backlog(0, 0).pass(10);
    assertThat(world.instances.scaleOf(HELLO)).isEmpty();
    world.backlog(5, 0).pass(2);
    assertThat(world.desired()).as("activation-scale").isEqualTo(2);
    world.backlog(35, 2).pass(2);
    assertThat(world.desired()).isEqualTo(4);
    world.backlog(0, 4).pass(58);
    assertThat(world.desired()).isEqualTo(4);
    world.pass(28);
    assertThat(world.desired()).isEqualTo(1);
    world.pass(4);
    assertThat(world.desired()).isZero();
  }

  @Test
  void requestsUnderWayKeepTheLastInstanceAndWantNoOther() {
    world.register(policy(knob -> knob)).load(500, 1).pass(600);
    assertThat(world.desired()).isEqualTo(1);
    assertThat(world.explanation()).endsWith("kept for requests under way");
  }

  @Test
  void aRevisionWithoutARouteLeavesTheBacklogToOthers() {
    world.register(policy(knob -> knob)).backlog(80, 8).pass(2);
    assertThat(world.desired()).isEqualTo(8);
    world.register(policy(Policies::unreachable)).pass(64);
    assertThat(world.desired()).isZero();
  }

  @Test
  void queuesThatCannotBeReadLeaveTheCountAndHoldNobodyUp() {
    var other = new RevisionId("default", "other-00001");
    world.register(policy(knob -> knob.bounds(1, 0))).backlog(25, 1).pass(2);
    world.autoscaler.register(other, Policies.with(knob -> knob));
    world.backlogsFail = true;
    world.seen.put(other, new RevisionStats(25, 0, 0, 25, 1));
    world.pass(600);
    assertThat(world.desired()).isEqualTo(3);
    assertThat(world.instances.scaleOf(other)).contains(3);
    world.backlogsFail = false;
    world.backlog(45, 3).pass(2);
    assertThat(world.desired()).isEqualTo(5);
  }

  @Test
  void whatAnEarlierServerStartedIsKeptUntilTheQueuesAreKnown() {
    world.register(policy(knob -> knob)).backlog(0, 6).pass(58);
    assertThat(world.desired()).isEqualTo(6);
    world.pass(4);
    assertThat(world.desired()).isZero();
  }

  @Test
  void onlyThoseThatAreScaledByItAreAskedForWithTheirReadyInstances() {
    world.register(policy(knob -> knob)).backlog(25, 2).pass(2);
    assertThat(world.ready).isEqualTo(Map.of(HELLO, 2));
    assertThat(world.autoscaler.metrics())
        .filteredOn(family -> family.name().equals("ebb_autoscaler_backlog"))
        .singleElement()
        .satisfies(family ->
            assertThat(family.samples())
                .singleElement()
                .satisfies(sample -> assertThat(((Scalar) sample.value()).value()).isEqualTo(25)));

    world.ready = Map.of();
    world.register(Policies.with(knob -> knob)).pass(2);
    assertThat(world.ready).isEmpty();
    assertThat(world.explanation()).doesNotContain("backlog");
  }

  @Test
  void oneThatIsRemovedIsNotAskedFor() {
    world.register(policy(knob -> knob)).backlog(25, 1).pass(2);
    world.autoscaler.remove(HELLO);
    world.ready = Map.of();
    world.pass(4);
    assertThat(world.ready).isEmpty();
  }
}
