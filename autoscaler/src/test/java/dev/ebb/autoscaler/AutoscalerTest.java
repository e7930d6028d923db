package dev.ebb.autoscaler;

import static dev.ebb.autoscaler.World.HELLO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricFamily.Value.Scalar;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RevisionStats;
import dev.ebb.dataplane.ScalingPolicy;
import dev.ebb.dataplane.testing.FakeInstances;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AutoscalerTest {
  private final World world = new World();

  static Stream<Arguments> idleRevisions() {
    return Stream.of(
        // name, knob, seconds that one idle instance is kept after it became ready; -1 for ever
        idle("the stable window", knob -> knob, 60),
        idle("a shorter window", knob -> knob.window(6), 6),
        idle("a retention period after the window", knob -> knob.zero(true, 30), 90),
        idle("no retention when unreachable", knob -> knob.zero(true, 30).unreachable(), 60),
        idle("min-scale", knob -> knob.bounds(1, 0), -1),
        idle(
            "min-scale does not hold when unreachable",
            knob -> knob.bounds(1, 0).unreachable(),
            60),
        idle("scale to zero disabled", knob -> knob.zero(false, 0), -1));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("idleRevisions")
  void anIdleInstanceIsKeptFor(String name, ScalingPolicy policy, int seconds) {
    world.register(policy).load(0, 1);
    if (seconds < 0) {
      world.pass(7200);
      assertThat(world.desired()).isEqualTo(1);
      return;
    }
    world.pass(seconds);
    assertThat(world.desired()).as("at the end of the time").isEqualTo(1);
    world.pass(4);
    assertThat(world.instances.scaleOf(HELLO)).contains(0);
  }

  @Test
  void aNewRevisionStartsAtOnceAtItsInitialScaleAndHoldsItUntilItIsReady() {
    world.register(Policies.with(knob -> knob.initial(3)));
    assertThat(world.instances.scaleOf(HELLO)).contains(3);
    world.load(0, 2).pass(120);
    assertThat(world.desired()).isEqualTo(3);
    assertThat(world.explanation()).contains("raised to initial-scale");

    world.load(0, 3).pass(2);
    assertThat(world.desired()).isEqualTo(1);
    world.load(0, 1).pass(60);
    assertThat(world.desired()).isZero();
  }

  @Test
  void aNewRevisionThatNeverBecomesReadyIsGivenUpAfterTheActivationTimeout() {
    world.register(Policies.with(knob -> knob.initial(1))).load(0, 0);
    world.pass(629);
    assertThat(world.desired()).isEqualTo(1);
    world.pass(3);
    assertThat(world.desired()).isZero();
  }

  @Test
  void theInitialScaleStaysWithinMaxScale() {
    world.register(Policies.with(knob -> knob.initial(5).bounds(0, 2)));
    assertThat(world.instances.scaleOf(HELLO)).contains(2);
  }

  @Test
  void anInitialScaleOfZeroStartsNothing() {
    world.register(Policies.with(knob -> knob.initial(0))).load(0, 0).pass(10);
    assertThat(world.instances.scaleOf(HELLO)).isEmpty();
  }

  static Stream<Arguments> activations() {
    return Stream.of(
        activation(knob -> knob, 1),
        activation(knob -> knob.activation(4), 4),
        activation(knob -> knob.activation(4).bounds(0, 3), 3),
        activation(knob -> knob.activation(4).unreachable(), 4));
  }

  @ParameterizedTest
  @MethodSource("activations")
  void aWaitingRequestLeavesZeroAtOnceAndOnce(ScalingPolicy policy, int expected) {
    world.register(policy);
    for (int i = 0; i < 1000; i++) {
      world.autoscaler.raise(HELLO);
    }
    assertThat(world.activations).hasSize(1);
    assertThat(world.instances.scaleOf(HELLO)).as("not on the caller's thread").isEmpty();
    world.runActivations();
    assertThat(world.instances.scaleOf(HELLO)).contains(expected);
    world.autoscaler.raise(HELLO);
    assertThat(world.activations).isEmpty();
  }

  @Test
  void aRequestThatWaitsInVainMakesTheNodeBeAskedAgainOnceATick() {
    world.register(Policies.with(knob -> knob)).load(0, 0);
    world.autoscaler.raise(HELLO);
    world.runActivations();
    var first = world.instances.list().getFirst().id();
    world.instances.exit(first, FakeInstances.crash(78, "SyntaxError"));

    world.pass(2);
    for (int i = 0; i < 1000; i++) {
      world.autoscaler.raise(HELLO);
    }
    assertThat(world.activations).hasSize(1);
    world.runActivations();
    assertThat(world.instances.list()).hasSize(1).noneMatch(one -> one.id().equals(first));
  }

  @Test
  void aRevisionThatNobodyKnowsIsNotActivated() {
    world.autoscaler.raise(HELLO);
    assertThat(world.activations).isEmpty();
    world.register(Policies.with(knob -> knob));
    world.autoscaler.raise(HELLO);
    world.autoscaler.remove(HELLO);
    world.runActivations();
    assertThat(world.instances.scaleOf(HELLO)).isEmpty();
    assertThat(world.autoscaler.lastDecision(HELLO)).isEmpty();
  }

  @Test
  void whoSubscribesHearsOfEachNewCountAndNotOfTicksThatChangeNothing() {
    List<Integer> counts = new ArrayList<>();
    var subscription =
        world.autoscaler.subscribe(revision ->
            counts.add(world.autoscaler.lastDecision(revision).orElseThrow().desired()));
    world.register(Policies.with(knob -> knob.window(6)));
    world.autoscaler.raise(HELLO);
    world.runActivations().load(1, 1).pass(10);
    world.load(0, 1).pass(20).load(0, 0).pass(10);
    assertThat(counts).containsExactly(1, 0);

    subscription.close();
    world.autoscaler.raise(HELLO);
    world.runActivations();
    assertThat(counts).hasSize(2);
  }

  @Test
  void anActivationThatWasLostIsMadeUpByTheNextTick() {
    world.register(Policies.with(knob -> knob));
    world.autoscaler.raise(HELLO);
    world.activations.clear();
    world.load(0, 0).pass(2);
    assertThat(world.instances.scaleOf(HELLO)).contains(1);
  }

  @Test
  void aWaitingRequestKeepsTheRevisionUpHoweverLongItsStartTakes() {
    world.register(Policies.with(knob -> knob));
    world.autoscaler.raise(HELLO);
    world.runActivations();
    world.seen.put(HELLO, new RevisionStats(1, 1, 1, 0, 0));
    world.pass(3600);
    assertThat(world.desired()).isEqualTo(1);
  }

  @Test
  void aRequestThatTakesAnHourKeepsItsInstanceWhateverTheAverageSays() {
    world.register(Policies.with(knob -> knob)).seen.put(HELLO, new RevisionStats(0, 0, 0, 1, 1));
    world.pass(3600);
    assertThat(world.desired()).isEqualTo(1);
    assertThat(world.explanation()).endsWith("kept for requests under way");
  }

  @Test
  void aRequestThatComesWhileZeroIsDecidedIsNotLost() {
    world.register(Policies.with(knob -> knob)).load(0, 1).pass(61);
    world.autoscaler.raise(HELLO);
    world.runActivations();
    assertThat(world.instances.scaleOf(HELLO)).as("one instance is there still").contains(1);
    world.pass(1);
    assertThat(world.desired()).isEqualTo(1);
    world.pass(2);
    assertThat(world.desired()).isZero();
  }

  @Test
  void whatIsToRestGoesToZeroAtOnceHoweverLongItsRetention() {
    try (var world = new World().register(Policies.with(p -> p.zero(true, 3600)))) {
      world.load(8, 4).pass(60).load(0, 4);
      world.autoscaler.rest(World.HELLO);
      assertThat(world.pass(2).desired()).isZero();
      assertThat(world.explanation()).startsWith("asked to rest");
    }
  }

  @Test
  void whatIsToRestKeepsItsMinimumUntilThatIsTakenBack() {
    ScalingPolicy retained = Policies.with(p -> p.zero(true, 3600));
    try (var world = new World().register(Policies.with(p -> p.zero(true, 3600).bounds(2, 0)))) {
      world.load(0, 2).pass(10);
      world.autoscaler.rest(World.HELLO);
      assertThat(world.pass(2).desired()).isEqualTo(2);
      assertThat(world.register(retained).pass(2).desired()).isZero();
    }
  }

  @Test
  void aRequestWakesWhatIsToRest() {
    try (var world = new World().register(Policies.with(p -> p.zero(true, 3600)))) {
      world.load(1, 1).pass(10);
      world.autoscaler.rest(World.HELLO);
      assertThat(world.pass(2).desired()).isEqualTo(1);
      assertThat(world.load(0, 1).pass(120).desired()).isEqualTo(1);
    }
  }

  @Test
  void whatNobodyKnowsRestsAnyway() {
    try (var world = new World()) {
      world.autoscaler.rest(World.HELLO);
      assertThat(world.autoscaler.lastDecision(World.HELLO)).isEmpty();
    }
  }

  @Test
  void policiesChangeWithTheNextTick() {
    world.register(Policies.with(knob -> knob)).load(40, 4).pass(60);
    assertThat(world.desired()).isEqualTo(4);
    world.register(Policies.with(knob -> knob.target(5, 1))).pass(2);
    assertThat(world.desired()).isEqualTo(8);
    world.register(Policies.with(knob -> knob.bounds(0, 3))).load(40, 8).pass(62);
    assertThat(world.desired()).isEqualTo(3);
    world.register(Policies.with(knob -> knob.window(6))).load(0, 1).pass(80);
    assertThat(world.desired()).isZero();
    world.register(Policies.with(knob -> knob.bounds(2, 0))).load(0, 0).pass(2);
    assertThat(world.instances.scaleOf(HELLO)).contains(2);
  }

  @Test
  void instancesOfAnEarlierServerAreKeptUntilTheirLoadIsKnown() {
    world.instances.readyAtOnce();
    world.instances.scale(HELLO, 5);
    world.register(Policies.with(knob -> knob.initial(1)));
    assertThat(world.instances.scaleOf(HELLO)).contains(5);
    world.load(30, 5).pass(60);
    assertThat(world.desired()).isEqualTo(5);
    world.pass(4);
    assertThat(world.desired()).isEqualTo(3);
  }

  @Test
  void instancesThatAppearThoughNoneWereAskedForAreAdopted() {
    world.register(Policies.with(knob -> knob)).load(0, 2).pass(2);
    assertThat(world.desired()).isEqualTo(2);
    world.pass(62);
    assertThat(world.desired()).isEqualTo(1);
    world.load(0, 1).pass(4);
    assertThat(world.instances.scaleOf(HELLO)).contains(0);
  }

  @Test
  void aScaleThatFailsIsTriedAgain() {
    var failing = new FailingInstances();
    var autoscaler =
        new Autoscaler(
            failing,
            Map::of,
            _ -> Map.of(),
            () -> failing.nanos,
            InstantSource.system(),
            Runnable::run);
    autoscaler.register(HELLO, Policies.with(knob -> knob.initial(1)));
    assertThat(failing.calls).isEqualTo(1);
    failing.nanos += 2_000_000_000L;
    autoscaler.decide();
    autoscaler.decide();
    assertThat(failing.calls).isEqualTo(2);
  }

  @Test
  void nothingIsToldToTheNodeUnlessItChanges() {
    world.register(Policies.with(knob -> knob)).load(25, 3).pass(600);
    assertThat(
            samples("ebb_autoscaler_decisions").stream().mapToDouble(AutoscalerTest::value).sum())
        .isEqualTo(1);
  }

  /// Whatever the load does, the count is within its bounds, and never zero under load.
  @Test
  void decisionsStayWithinBoundsAndNeverLeaveLoadAlone() {
    var random = new Random(2026);
    for (int run = 0; run < 60; run++) {
      int least = random.nextInt(3);
      int most = random.nextBoolean() ? 0 : least + 1 + random.nextInt(20);
      int window = 6 + random.nextInt(60);
      int delay = random.nextInt(3) * 10;
      var policy =
          Policies.with(knob ->
              knob.bounds(least, most)
                  .window(window)
                  .delay(delay)
                  .activation(1 + random.nextInt(4))
                  .initial(random.nextInt(3))
                  .rates(1 + random.nextDouble() * 10, 1 + random.nextDouble() * 3));
      var subject = new World().register(policy);
      int ready = 0;
      double load = 0;
      for (int tick = 0; tick < 500; tick++) {
        if (random.nextInt(10) == 0) {
          load = random.nextInt(3) == 0 ? random.nextDouble() * 500 : 0;
        }
        subject.load(load, ready).pass(2);
        int desired = subject.desired();
        assertThat(desired).isGreaterThanOrEqualTo(least);
        assertThat(most == 0 || desired <= most).isTrue();
        assertThat(load == 0 || desired > 0).as("load %s, desired %s", load, desired).isTrue();
        ready = random.nextInt(3) == 0 ? ready : desired;
      }
    }
  }

  @Test
  void tenThousandSleepingRevisionsCostNextToNothing() {
    var instances = new FakeInstances();
    var stats = new HashMap<RevisionId, RevisionStats>();
    var time = new long[1];
    var autoscaler =
        new Autoscaler(
            instances,
            () -> stats,
            _ -> Map.of(),
            () -> time[0],
            InstantSource.system(),
            Runnable::run);
    for (int i = 0; i < 10_000; i++) {
      var id = new RevisionId("default", "sleeping-" + i);
      autoscaler.register(id, Policies.with(knob -> knob));
      stats.put(id, new RevisionStats(0, 0, 0, 0, 0));
    }
    var bean =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    tick(autoscaler, time);
    long before = bean.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10; i++) {
      tick(autoscaler, time);
    }
    assertThat((bean.getCurrentThreadAllocatedBytes() - before) / 10).isLessThan(10_000);
    assertThat(instances.list()).isEmpty();
  }

  @Test
  void metricsTellWhatIsWanted() {
    world.register(Policies.with(knob -> knob)).load(25, 1).pass(2);
    assertThat(samples("ebb_autoscaler_desired_instances"))
        .singleElement()
        .satisfies(sample -> {
          assertThat(sample.labels())
              .isEqualTo(Map.of("namespace", "default", "revision", "hello-00001"));
          assertThat(value(sample)).isEqualTo(3);
        });
    assertThat(value(samples("ebb_autoscaler_stable_concurrency").getFirst())).isEqualTo(25);
    assertThat(value(samples("ebb_autoscaler_panic_mode").getFirst())).isEqualTo(1);
    assertThat(world.explanation())
        .isEqualTo(
            "panic: 25.0 requests in flight on average over 6 s, 10.0 per instance: 3 wanted");
  }

  @Test
  void theThreadReadsDecidesAndEnds() {
    var instances = new FakeInstances();
    instances.readyAtOnce();
    var autoscaler =
        new Autoscaler(
            instances, () -> Map.of(HELLO, new RevisionStats(35, 1, 0, 35, 1)), _ -> Map.of());
    autoscaler.register(HELLO, Policies.with(knob -> knob.initial(1)));
    autoscaler.start();
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> instances.scaleOf(HELLO).equals(java.util.Optional.of(4)));
    autoscaler.close();
    autoscaler.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("autoscaler"));
  }

  private static final class FailingInstances extends ForwardingInstances {
    private int calls;
    private long nanos;

    @Override
    public void scale(RevisionId revision, int count) {
      if (++calls == 1) {
        throw new IllegalStateException("on purpose");
      }
    }
  }

  private static void tick(Autoscaler autoscaler, long[] time) {
    time[0] += 2_000_000_000L;
    autoscaler.collect();
    autoscaler.decide();
  }

  private List<MetricFamily.Sample> samples(String name) {
    return world.autoscaler.metrics().stream()
        .filter(family -> family.name().equals(name))
        .findFirst()
        .orElseThrow()
        .samples();
  }

  private static double value(MetricFamily.Sample sample) {
    return ((Scalar) sample.value()).value();
  }

  private static Arguments idle(String name, UnaryOperator<Policies> knob, int seconds) {
    return Arguments.of(name, Policies.with(knob), seconds);
  }

  private static Arguments activation(UnaryOperator<Policies> knob, int expected) {
    return Arguments.of(Policies.with(knob), expected);
  }
}
