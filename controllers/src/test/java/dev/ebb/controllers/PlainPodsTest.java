package dev.ebb.controllers;

import static dev.ebb.kinds.core.CoreKinds.POD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.ContainerState.Phase;
import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Pods that users create, over instances that a test drives.
class PlainPodsTest extends WorldTest {
  private static final ExitStatus DONE = new ExitStatus(0, 0, "Completed", "");
  private static final ExitStatus BROKEN = new ExitStatus(3, 0, "Error", "no config\n");

  @Test
  void aPodRunsUnderItsUidAndTellsWhatItsContainersDo() {
    InstanceId id = create("Always", "");
    assertThat(world.workload("mine").pod().restartPolicy())
        .isEqualTo(PodSpec.RestartPolicy.ALWAYS);
    await()
        .untilAsserted(() -> {
          assertThat(status("phase")).isEqualTo("Pending");
          assertThat(pod().status().at("/containerStatuses/0/state/waiting/reason").asString(""))
              .isEqualTo("ContainerCreating");
          assertThat(pod().spec().path("nodeName").asString("")).isEqualTo("test-node");
        });

    world.instances.containers(id, "10.9.0.2", List.of(running("main", 0, true)));
    await().until(() -> world.condition(POD, "mine", "Ready").isTrue());
    assertThat(status("phase")).isEqualTo("Running");
    assertThat(status("podIP")).isEqualTo("10.9.0.2");
    assertThat(status("qosClass")).isEqualTo("BestEffort");
    assertThat(pod().status().at("/containerStatuses/0/imageID").asString())
        .isEqualTo("nginx@sha256:1");

    world.instances.containers(id, "10.9.0.2", List.of(crashed("main", 1)));
    await()
        .until(() ->
            pod()
                .status()
                .at("/containerStatuses/0/state/waiting/reason")
                .asString("")
                .equals("CrashLoopBackOff"));
    assertThat(pod().status().at("/containerStatuses/0/restartCount").asInt()).isEqualTo(1);
    assertThat(pod().status().at("/containerStatuses/0/lastState/terminated/exitCode").asInt())
        .isEqualTo(3);
    assertThat(status("phase")).isEqualTo("Running");
    assertThat(world.condition(POD, "mine", "Ready").message())
        .isEqualTo("containers with unready status: [main]");
    await()
        .until(() ->
            reasons().containsAll(List.of("Scheduled", "Pulled", "Created", "Started", "BackOff")));
  }

  @ParameterizedTest
  @CsvSource({"0, Succeeded, PodCompleted", "3, Failed, PodFailed"})
  void aPodThatEndsSaysHow(int code, String phase, String reason) {
    InstanceId id = create("Never", "");
    ExitStatus exit = code == 0 ? DONE : BROKEN;
    world.instances.containers(id, "10.9.0.2", List.of(terminated("main", exit)));
    world.instances.exit(id, exit);
    await().until(() -> phase.equals(status("phase")));
    assertThat(world.condition(POD, "mine", "Ready").reason()).isEqualTo(reason);
    assertThat(pod().status().at("/containerStatuses/0/state/terminated/exitCode").asInt())
        .isEqualTo(code);
    world.delete(POD, "mine");
    await().until(() -> !world.exists(POD, "mine"));
  }

  @Test
  void aDeletedPodIsThereUntilItsInstanceHasEnded() {
    InstanceId id = create("Always", "");
    world.instances.containers(id, "10.9.0.2", List.of(running("main", 0, true)));
    await().until(() -> world.condition(POD, "mine", "Ready").isTrue());
    world.delete(POD, "mine");
    await().until(() -> !world.exists(POD, "mine"));
    assertThat(world.instances.list()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"7, PT7S", "0, PT0S", "60, PT1M"})
  void whoDeletesAPodSaysHowLongItHas(long seconds, Duration grace) {
    InstanceId id = create("Always", "");
    world.instances.containers(id, "10.9.0.2", List.of(running("main", 0, true)));
    await().until(() -> world.condition(POD, "mine", "Ready").isTrue());
    world.resources.delete(
        POD,
        new ObjectKey("default", "mine"),
        DeleteOptions.background().withGracePeriod(OptionalLong.of(seconds)));
    await().until(() -> !world.exists(POD, "mine"));
    await().until(() -> world.instances.list().isEmpty());
    assertThat(world.instances.graces()).containsEntry(id, grace);
  }

  @Test
  void aPodOfTheNameOfARevisionIsNotTakenForIt() {
    world.deployHello();
    world.create(POD, json("hello-00001", "Always", ""));
    await().until(() -> world.instances.list().size() == 2);
    await().until(() -> world.exists(POD, "hello-00001"));
    world.delete(POD, "hello-00001");
    await().until(() -> world.instances.list().size() == 1);
    assertThat(
            world.condition(dev.ebb.kinds.serving.ServingKinds.SERVICE, "hello", "Ready").isTrue())
        .isTrue();
  }

  @Test
  void aPodThatActsTooLongFails() {
    InstanceId id = create("Always", "\"activeDeadlineSeconds\": 60, ");
    world.instances.containers(id, "10.9.0.2", List.of(running("main", 0, true)));
    await().until(() -> world.condition(POD, "mine", "Ready").isTrue());
    world.resources.clock().advance(Duration.ofSeconds(61));
    world.instances.containers(id, "10.9.0.2", List.of(running("main", 0, false)));
    await().until(() -> "Failed".equals(status("phase")));
    assertThat(status("reason")).isEqualTo("DeadlineExceeded");
  }

  @ParameterizedTest
  @CsvSource({"Never, Failed", "OnFailure, Pending", "Always, Pending"})
  void aPodWhoseInstanceWasLostWhileNoServerLooked(String policy, String phase) throws Exception {
    InstanceId id = create(policy, "");
    world.instances.containers(id, "10.9.0.2", List.of(running("main", 0, true)));
    await().until(() -> "Running".equals(status("phase")));
    world.controllers.close();
    world.instances.exit(id, BROKEN);
    world.restart();
    await()
        .untilAsserted(() -> {
          assertThat(status("phase")).isEqualTo(phase);
          assertThat(world.instances.list()).hasSize(phase.equals("Failed") ? 0 : 1);
        });
  }

  @Test
  void anInstanceWhosePodWentWhileNoServerLookedIsEnded() throws Exception {
    InstanceId id = create("Always", "");
    world.controllers.close();
    world.change(POD, "mine", json -> json.withObject("/metadata").remove("finalizers"));
    world.delete(POD, "mine");
    assertThat(world.instances.list()).extracting(Instance::id).containsExactly(id);
    world.restart();
    await().until(() -> world.instances.list().isEmpty());
  }

  @Test
  void aStartThatIsRefusedIsTold() {
    InstanceId id = create("Always", "");
    world.instances.refuse(
        new RevisionId("default", "mine"), "ErrImagePull", "Failed to pull image \"nginx\"", false);
    await()
        .until(() ->
            pod()
                .status()
                .at("/containerStatuses/0/state/waiting/reason")
                .asString("")
                .equals("ErrImagePull"));
    await().until(() -> reasons().contains("Failed"));
    world.instances.containers(id, "10.9.0.2", List.of(running("main", 0, true)));
    await().until(() -> world.condition(POD, "mine", "Ready").isTrue());
  }

  @Test
  void whatNoNodeGivesIsToldAndNotRun() {
    world.create(POD, json("mine", "Always", "\"hostNetwork\": true, "));
    await()
        .until(() ->
            world
                .condition(POD, "mine", "PodScheduled")
                .reason()
                .equals("HostNamespacesNotSupported"));
    assertThat(world.instances.list()).isEmpty();
    assertThat(status("phase")).isEqualTo("Pending");
  }

  static ContainerState running(String name, int restarts, boolean ready) {
    return state(name, Phase.RUNNING, "", ready, restarts, Optional.empty(), Optional.empty());
  }

  static ContainerState terminated(String name, ExitStatus exit) {
    return state(name, Phase.TERMINATED, "", false, 0, Optional.of(exit), Optional.empty());
  }

  private static ContainerState crashed(String name, int restarts) {
    return state(
        name,
        Phase.WAITING,
        "CrashLoopBackOff",
        false,
        restarts,
        Optional.empty(),
        Optional.of(BROKEN));
  }

  private static ContainerState state(
      String name,
      Phase phase,
      String reason,
      boolean ready,
      int restarts,
      Optional<ExitStatus> exit,
      Optional<ExitStatus> last) {
    return new ContainerState(
        name,
        phase,
        reason,
        "",
        phase != Phase.WAITING,
        ready,
        restarts,
        Optional.of(Instant.EPOCH),
        Optional.of(Instant.EPOCH),
        exit,
        last,
        "nginx@sha256:1");
  }

  private InstanceId create(String policy, String more) {
    InstanceId id = new InstanceId(world.create(POD, json("mine", policy, more)).uid());
    await().until(() -> world.instances.list().stream().anyMatch(one -> one.id().equals(id)));
    return id;
  }

  private static String json(String name, String policy, String more) {
    return """
    {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "%s", "namespace": "default"},
     "spec": {"restartPolicy": "%s", %s"containers": [{"name": "main", "image": "nginx"}]}}
    """
        .formatted(name, policy, more);
  }

  private KubernetesObject pod() {
    return world.get(POD, "mine");
  }

  private String status(String field) {
    return pod().status().path(field).asString("");
  }

  private List<String> reasons() {
    return world.resources.list(CoreKinds.EVENT, ListQuery.in("default")).items().stream()
        .filter(event -> event.json().at("/involvedObject/name").asString("").equals("mine"))
        .map(event -> event.json().path("reason").asString(""))
        .toList();
  }
}
