package dev.ebb.node.pods;

import static dev.ebb.dataplane.PodSpec.RestartPolicy.ALWAYS;
import static dev.ebb.dataplane.PodSpec.RestartPolicy.NEVER;
import static dev.ebb.dataplane.PodSpec.RestartPolicy.ON_FAILURE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.Container.Lifecycle;
import dev.ebb.dataplane.Container.Probes;
import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.PodSpec.RestartPolicy;
import dev.ebb.dataplane.Probe;
import dev.ebb.node.sandbox.SandboxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodTest {
  @TempDir Path directory;
  @TempDir Path records;
  private PodBench bench;

  @BeforeEach
  void machine() {
    bench = new PodBench(records);
  }

  @AfterEach
  void nothingIsLeft() {
    bench.endAll();
    assertThat(bench.fake.leases).isEmpty();
    assertThat(directory).isEmptyDirectory();
    assertThat(records).isEmptyDirectory();
    assertThat(bench.leaseIsOver()).isTrue();
  }

  private Pod start(RestartPolicy policy, Container... containers) {
    return bench.start(directory, policy, List.of(), List.of(containers));
  }

  private static Container named(String name) {
    return Container.of(name, "image");
  }

  private static Container sidecar(String name) {
    return PodBench.restartAlways(named(name));
  }

  @Test
  void initContainersRunOneAfterTheOtherBeforeAllOthersTogether() {
    var pod =
        bench.start(
            directory, ALWAYS, List.of(named("i1"), named("i2")), List.of(named("a"), named("b")));
    assertThat(bench.fake.did).containsExactly("start i1");
    assertThat(bench.state("a").reason()).isEqualTo("PodInitializing");
    bench.fake.exits("i1", 0);
    assertThat(bench.fake.did).endsWith("start i2");
    bench.fake.exits("i2", 0);
    assertThat(bench.fake.did).endsWith("delete i2", "start a", "start b");
    assertThat(pod.isReady()).isTrue();
    assertThat(bench.fake.spec("a").namespaces().sandbox()).isEmpty();
    assertThat(bench.fake.spec("b").namespaces().sandbox()).isPresent();
  }

  @Test
  void aSidecarGoesOnBesideTheOthersAndEndsAfterThem() {
    bench.start(directory, NEVER, List.of(sidecar("side"), named("i")), List.of(named("a")));
    assertThat(bench.fake.did).containsExactly("start side", "start i");
    bench.fake.exits("i", 0);
    bench.fake.exits("a", 0);
    assertThat(bench.fake.did).contains("signal side 15").doesNotContain("signal side 9");
    assertThat(bench.ended).isEmpty();
    bench.fake.exits("side", 143);
    assertThat(bench.ended).hasValueSatisfying(exit -> assertThat(exit.code()).isZero());
  }

  @ParameterizedTest
  @CsvSource({
    "ALWAYS,     0, again", "ALWAYS,     1, again",
    "ON_FAILURE, 0, ended", "ON_FAILURE, 1, again",
    "NEVER,      0, ended", "NEVER,      1, ended",
  })
  void whatFollowsAnEndIsSaidByTheRestartPolicy(RestartPolicy policy, int code, String what) {
    start(policy, named("a"));
    bench.fake.exits("a", code);
    if (what.equals("again")) {
      assertThat(bench.fake.runs("a")).isTrue();
      assertThat(bench.state("a").restarts()).isEqualTo(1);
      assertThat(bench.state("a").lastExit().orElseThrow().code()).isEqualTo(code);
      assertThat(bench.ended).isEmpty();
    } else {
      assertThat(bench.ended.orElseThrow().code()).isEqualTo(code);
      assertThat(bench.state("a").phase()).isEqualTo(ContainerState.Phase.TERMINATED);
    }
  }

  @Test
  void acontainerThatEndsAgainAndAgainWaitsLongerAndLonger() {
    start(ALWAYS, named("a"));
    for (String delay : List.of("0s", "10s", "20s", "40s", "1m20s", "2m40s", "5m0s", "5m0s")) {
      bench.fake.exits("a", 1);
      if (!delay.equals("0s")) {
        assertThat(bench.state("a").reason()).isEqualTo("CrashLoopBackOff");
        assertThat(bench.state("a").message())
            .startsWith("back-off " + delay + " restarting failed container=a pod=");
        assertThat(bench.fake.runs("a")).isFalse();
        bench.loop.pass(Duration.ofMinutes(5));
      }
      assertThat(bench.fake.runs("a")).as(delay).isTrue();
    }
    bench.loop.pass(Duration.ofMinutes(10));
    bench.fake.exits("a", 1);
    assertThat(bench.fake.runs("a")).as("it had been well for ten minutes").isTrue();
  }

  @Test
  void aPodWhoseInitContainerFailsForGoodFails() {
    bench.start(directory, NEVER, List.of(named("i")), List.of(named("a")));
    bench.fake.exits("i", 3);
    assertThat(bench.ended.orElseThrow().code()).isEqualTo(3);
    assertThat(bench.fake.did).doesNotContain("start a");
  }

  @Test
  void anInstanceOfARevisionEndsWithAContainerThatWasNeverReady() {
    bench.ends = Ends.REPLACE;
    bench.fake.exec = command -> 1;
    start(ALWAYS, PodBench.with(named("a"), probes("ready")));
    bench.fake.said = "boom";
    bench.fake.exits("a", 7);
    assertThat(bench.ended.orElseThrow())
        .satisfies(exit -> assertThat(exit.code()).isEqualTo(7))
        .satisfies(exit -> assertThat(exit.reason()).isEqualTo("Error"))
        .satisfies(exit -> assertThat(exit.lastLogLines()).isEqualTo("boom"));
  }

  /// As Knative's own test images do, whose first container asks the second.
  @Test
  void oneOfSeveralMayFailTwiceBeforeItIsReadyForItsNeighboursMayNotBe() {
    bench.ends = Ends.REPLACE;
    bench.fake.exec = command -> 1;
    start(ALWAYS, PodBench.with(named("a"), probes("ready")), named("b"));
    bench.fake.obeying.add("b");
    for (int delay : List.of(0, 1)) {
      bench.fake.exits("a", 7);
      bench.loop.pass(Duration.ofSeconds(delay));
      assertThat(bench.fake.runs("a")).isTrue();
    }
    assertThat(bench.fake.did).doesNotContain("signal b 15");
    bench.fake.exits("a", 7);
    assertThat(bench.fake.did).contains("signal b 15");
    assertThat(bench.ended.orElseThrow().code()).isEqualTo(7);
  }

  @Test
  void aContainerOfARevisionThatWasReadyIsStartedAgainInItsPlace() {
    bench.ends = Ends.REPLACE;
    var pod = start(ALWAYS, named("a"));
    for (int delay : List.of(0, 1, 2, 4, 8, 16, 32, 60, 60)) {
      assertThat(pod.isReady()).isTrue();
      bench.fake.exits("a", 1);
      if (delay > 0) {
        assertThat(pod.isReady()).isFalse();
        assertThat(bench.state("a").reason()).isEqualTo("CrashLoopBackOff");
        bench.loop.pass(Duration.ofSeconds(delay - 1));
        assertThat(bench.fake.runs("a")).isFalse();
        bench.loop.pass(Duration.ofSeconds(1));
      }
    }
    bench.loop.pass(Duration.ofSeconds(10));
    bench.fake.exits("a", 1);
    assertThat(pod.isReady()).as("it had been well for ten seconds").isTrue();
    assertThat(bench.state("a").restarts()).isEqualTo(10);
    assertThat(bench.ended).isEmpty();
  }

  @Test
  void aContainerOfARevisionThatDoesNotComeBackEndsTheInstance() {
    bench.ends = Ends.REPLACE;
    start(ALWAYS, PodBench.with(named("a"), probes("ready")));
    bench.fake.exec = command -> 1;
    bench.fake.exits("a", 1);
    assertThat(bench.state("a").restarts()).isEqualTo(1);
    bench.fake.exits("a", 2);
    assertThat(bench.ended.orElseThrow().code()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "COMMAND_NOT_FOUND, RunContainerError, true",
    "PERMISSION_DENIED, RunContainerError, true",
    "BAD_USER, CreateContainerConfigError, true",
    "MOUNT_FAILED, CreateContainerError, false",
    "RUNTIME_FAILED, CreateContainerError, false",
  })
  void whatCannotBeStartedIsRefusedWithTheKubeletsReason(
      SandboxException.Reason why, String reason, boolean permanent) {
    bench.fake.failures.put("a", new SandboxException(why, "exec: \"a\": not found"));
    bench.ends = Ends.REPLACE;
    start(ALWAYS, named("a"));
    assertThat(bench.refused.orElseThrow().reason()).isEqualTo(reason);
    assertThat(bench.refused.orElseThrow().permanent()).isEqualTo(permanent);
    assertThat(bench.refused.orElseThrow().text()).contains("exec: \"a\": not found");
  }

  @Test
  void aContainerThatCannotBeStartedIsTriedAgainWithItsReasonShown() {
    bench.fake.failures.put(
        "a", new SandboxException(SandboxException.Reason.COMMAND_NOT_FOUND, "not found"));
    start(ALWAYS, named("a"));
    assertThat(bench.state("a").reason()).isEqualTo("RunContainerError");
    assertThat(bench.state("a").message()).isEqualTo("not found");
    assertThat(bench.state("a").lastExit().orElseThrow().reason()).isEqualTo("StartError");
    bench.fake.failures.clear();
    bench.loop.pass(Duration.ofSeconds(10));
    assertThat(bench.fake.runs("a")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"BAD_USER, CreateContainerConfigError", "MOUNT_FAILED, CreateContainerError"})
  void whatCouldNotBeCreatedIsNoRunAndNoRestart(SandboxException.Reason why, String reason) {
    bench.fake.failures.put("a", new SandboxException(why, "not yet"));
    start(ON_FAILURE, named("a"), named("b"));
    for (int round = 0; round < 3; round++) {
      bench.loop.pass(Duration.ofSeconds(10));
      assertThat(bench.state("a").phase()).isEqualTo(ContainerState.Phase.WAITING);
      assertThat(bench.state("a").reason()).isEqualTo(reason);
      assertThat(bench.state("a").restarts()).isZero();
      assertThat(bench.state("a").exit()).isEmpty();
      assertThat(bench.state("a").lastExit()).isEmpty();
    }
    assertThat(bench.crashes).isEmpty();
    bench.fake.failures.clear();
    bench.loop.pass(Duration.ofSeconds(10));
    assertThat(bench.fake.runs("a")).isTrue();
    assertThat(bench.state("a").restarts()).isZero();
  }

  @Test
  void crashesInPlaceAreToldAndEndsInOrderAreNot() {
    start(ALWAYS, named("a"), named("b"));
    bench.fake.exits("a", 3);
    bench.fake.exits("b", 0);
    assertThat(bench.crashes).containsExactly(3);
  }

  @Test
  void itIsAskedToEndFirstAndKilledWhenItsTimeIsOver() {
    var pod = start(ALWAYS, named("a"), named("b"));
    bench.fake.obeying.add("b");
    pod.terminate(Duration.ofSeconds(30));
    assertThat(bench.fake.did).contains("signal a 15", "signal b 15");
    bench.loop.pass(Duration.ofSeconds(29));
    assertThat(bench.ended).isEmpty();
    bench.loop.pass(Duration.ofSeconds(1));
    assertThat(bench.fake.did).contains("signal a 9").doesNotContain("signal b 9");
    assertThat(bench.ended.orElseThrow().code()).isEqualTo(137);
  }

  @Test
  void itsPreStopHookComesBeforeTheSignal() {
    var hook = new Probe.Exec(List.of("bye"));
    var pod =
        start(
            ALWAYS,
            PodBench.with(named("a"), new Lifecycle(Optional.empty(), Optional.of(hook))),
            PodBench.with(
                named("b"),
                new Lifecycle(
                    Optional.empty(), Optional.of(new Probe.Sleep(Duration.ofSeconds(3))))));
    pod.terminate(Duration.ofSeconds(30));
    assertThat(bench.fake.did).endsWith("exec a bye", "signal a 15");
    bench.loop.pass(Duration.ofSeconds(3));
    assertThat(bench.fake.did).endsWith("signal b 15");
  }

  @Test
  void itsPostStartHookComesBeforeItsProbesAndEndsItWhenItFails() {
    var hook = new Lifecycle(Optional.of(new Probe.Exec(List.of("hello"))), Optional.empty());
    bench.fake.exec = command -> command.contains("hello") ? 1 : 0;
    bench.fake.obeying.add("a");
    var pod = start(ALWAYS, PodBench.with(PodBench.with(named("a"), hook), probes("ready")));
    assertThat(bench.fake.did)
        .startsWith("start a", "exec a hello", "signal a 15")
        .doesNotContain("exec a ready");
    assertThat(bench.state("a").restarts()).isPositive();
    assertThat(bench.state("a").ready()).isFalse();
    bench.fake.exec = command -> 0;
    bench.loop.pass(Duration.ofMinutes(5));
    assertThat(bench.fake.did).containsSubsequence("exec a hello", "exec a ready");
    assertThat(pod.isReady()).isTrue();
  }

  @Test
  void aKilledOneTellsWhy() {
    var pod = start(ALWAYS, named("a"));
    pod.kill("StartTimeout");
    assertThat(bench.ended.orElseThrow().reason()).isEqualTo("StartTimeout");
  }

  @Test
  void theKernelsReasonIsTold() {
    start(ALWAYS, named("a"));
    bench.fake.oomKilled.add("a");
    bench.fake.exits("a", 137);
    assertThat(bench.state("a").lastExit().orElseThrow().reason()).isEqualTo("OOMKilled");
  }

  @Test
  void anUnhealthyContainerIsStartedAgain() {
    start(ALWAYS, PodBench.with(named("a"), probes("live")));
    bench.fake.obeying.add("a");
    bench.loop.pass(Duration.ofSeconds(100));
    assertThat(bench.state("a").restarts()).isZero();
    bench.fake.exec = command -> 1;
    bench.loop.pass(Duration.ofSeconds(29));
    assertThat(bench.state("a").restarts()).isZero();
    bench.fake.exec = command -> command.contains("live") ? 1 : 0;
    bench.loop.pass(Duration.ofSeconds(2));
    assertThat(bench.state("a").restarts()).as("three failures in a row").isEqualTo(1);
  }

  @Test
  void readinessComesAndGoesWithItsProbe() {
    bench.fake.exec = command -> 1;
    var pod = start(ALWAYS, PodBench.with(named("a"), probes("ready")));
    bench.loop.pass(Duration.ofSeconds(2));
    assertThat(pod.isReady()).isFalse();
    assertThat(bench.state("a").message()).isEqualTo("Readiness probe failed: not well");
    bench.fake.exec = command -> 0;
    bench.loop.pass(Duration.ofMillis(150));
    assertThat(pod.isReady()).as("a start is asked much oftener than each ten seconds").isTrue();
    bench.fake.exec = command -> 1;
    bench.loop.pass(Duration.ofSeconds(29));
    assertThat(pod.isReady()).isTrue();
    bench.loop.pass(Duration.ofSeconds(2));
    assertThat(pod.isReady()).isFalse();
  }

  @Test
  void whyItIsNotReadyIsToldASecondAfterItIsKnown() {
    var probe = PodBench.with(named("a"), probes("ready"));
    bench.fake.exec = command -> 1;
    bench.fake.answer = "nobody listens";
    start(ALWAYS, probe);
    bench.loop.pass(Duration.ofMillis(900));
    assertThat(bench.state("a").message()).as("it may just be starting").isEmpty();
    bench.loop.pass(Duration.ofMillis(150));
    assertThat(bench.state("a").message()).isEqualTo("Readiness probe failed: nobody listens");
    bench.loop.pass(Duration.ofMinutes(5));
    bench.fake.answer = "the wrong port";
    bench.loop.pass(Duration.ofMillis(1100));
    assertThat(bench.state("a").message())
        .as("five minutes later, too")
        .isEqualTo("Readiness probe failed: the wrong port");
  }

  @Test
  void nothingElseIsAskedBeforeTheStartupProbeSucceeded() {
    bench.fake.exec = command -> 1;
    var probe = probe("up");
    start(
        ALWAYS,
        PodBench.with(
            named("a"),
            new Probes(Optional.of(probe), Optional.of(probe("ready")), Optional.empty())));
    bench.loop.pass(Duration.ofSeconds(29));
    assertThat(bench.fake.did).contains("exec a up").doesNotContain("exec a ready");
    assertThat(bench.state("a").started()).isFalse();
    bench.fake.obeying.add("a");
    bench.loop.pass(Duration.ofSeconds(2));
    assertThat(bench.state("a").restarts()).as("thirty seconds are over").isEqualTo(1);
    bench.fake.exec = command -> 0;
    bench.loop.pass(Duration.ofSeconds(1));
    assertThat(bench.state("a").started()).isTrue();
    assertThat(bench.state("a").ready()).isTrue();
  }

  @Test
  void aStopWhileItWaitsToBeStartedAgainEndsIt() {
    var pod = start(ALWAYS, named("a"));
    bench.fake.exits("a", 1);
    bench.fake.exits("a", 1);
    assertThat(bench.fake.runs("a")).isFalse();
    pod.terminate(Duration.ofSeconds(30));
    assertThat(bench.ended).isPresent();
    bench.loop.pass(Duration.ofMinutes(10));
    assertThat(bench.fake.runs("a")).isFalse();
  }

  @Test
  void onFailureTellsCompletedContainersApart() {
    start(ON_FAILURE, named("a"), named("b"));
    bench.fake.exits("a", 0);
    assertThat(bench.ended).isEmpty();
    assertThat(bench.state("a").exit().orElseThrow().reason()).isEqualTo("Completed");
    bench.fake.exits("b", 2);
    assertThat(bench.fake.runs("b")).isTrue();
    bench.fake.exits("b", 0);
    assertThat(bench.ended).isPresent();
  }

  private static Probe probe(String command) {
    return new Probe(
        new Probe.Exec(List.of(command)),
        Duration.ZERO,
        Duration.ofSeconds(10),
        Duration.ofSeconds(1),
        1,
        3);
  }

  private static Probes probes(String kind) {
    return kind.equals("live")
        ? new Probes(Optional.empty(), Optional.empty(), Optional.of(probe(kind)))
        : new Probes(Optional.empty(), Optional.of(probe(kind)), Optional.empty());
  }
}
