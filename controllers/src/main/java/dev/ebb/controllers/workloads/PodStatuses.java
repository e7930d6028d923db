package dev.ebb.controllers.workloads;

import dev.ebb.controllers.podspecs.UnsupportedFields.Refusal;
import dev.ebb.controllers.workloads.ContainerStatuses.Waiting;
import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.Instance;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.core.PodQuality;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Condition.Status;
import dev.ebb.reconcile.Conditions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The status of a Pod that a user made, as the kubelet would write it. Pure.
public final class PodStatuses {
  /// Instances without a network of their own share the machine's loopback.
  private static final String LOOPBACK = "127.0.0.1";

  /// Why a Pod has failed as a whole.
  public record Reason(String reason, String message) {
    public static final Reason NONE = new Reason("", "");
    public static final Reason DEADLINE =
        new Reason(
            "DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
    public static final Reason LOST =
        new Reason(
            "ContainerStatusUnknown",
            "The container could not be located when the pod was terminated");
  }

  private PodStatuses() {}

  /// What no node can run stays Pending and says why.
  public static ObjectNode refused(
      ObjectNode status, KubernetesObject pod, Refusal refusal, Instant now) {
    status.put("phase", "Pending").put("qosClass", PodQuality.of(pod.spec()));
    new Conditions(status, now)
        .markFalse("PodScheduled", refusal.reason(), refusal.message())
        .write();
    ContainerStatuses.write(
        status, pod.spec(), Optional.empty(), new Waiting(refusal.reason(), refusal.message()));
    return status;
  }

  /// As the scheduler leaves one that it cannot place yet: no kubelet has written anything.
  public static ObjectNode unschedulable(
      ObjectNode status, KubernetesObject pod, String message, Instant now) {
    status.put("phase", "Pending").put("qosClass", PodQuality.of(pod.spec()));
    new Conditions(status, now).markFalse("PodScheduled", "Unschedulable", message).write();
    return status;
  }

  /// @param instance empty before the node told of it
  /// @param waiting why there is none
  public static ObjectNode running(
      ObjectNode status,
      KubernetesObject pod,
      Optional<Instance> instance,
      Waiting waiting,
      Instant now) {
    List<ContainerState> states = states(instance);
    boolean initialized = isInitialized(pod.spec(), states);
    status.put("phase", initialized && hasRun(pod.spec(), states) ? "Running" : "Pending");
    common(status, pod, instance, now);
    List<String> unready = names(pod.spec(), "containers");
    unready.removeAll(
        states.stream().filter(ContainerState::ready).map(ContainerState::name).toList());
    Conditions conditions = new Conditions(status, now).markTrue("PodScheduled");
    if (initialized) {
      conditions.markTrue("Initialized");
    } else {
      conditions.markFalse(
          "Initialized",
          "ContainersNotInitialized",
          "containers with incomplete status: " + uninitialized(pod.spec(), states));
    }
    conditions
        .mark(readiness("ContainersReady", unready))
        .mark(readiness("Ready", unready))
        .write();
    ContainerStatuses.write(status, pod.spec(), instance, waiting);
    return status;
  }

  /// @param last what the node told when it ended; empty when no server saw its end
  /// @param why empty for one whose containers tell
  public static ObjectNode ended(
      ObjectNode status, KubernetesObject pod, Optional<Instance> last, Reason why, Instant now) {
    boolean failed = !why.reason().isEmpty() || hasFailed(pod.spec(), last);
    status.put("phase", failed ? "Failed" : "Succeeded");
    if (!why.reason().isEmpty()) {
      status.put("reason", why.reason()).put("message", why.message());
    }
    common(status, pod, last, now);
    String reason = failed ? "PodFailed" : "PodCompleted";
    new Conditions(status, now)
        .markTrue("PodScheduled")
        .markTrue("Initialized")
        .markFalse("ContainersReady", reason, "")
        .markFalse("Ready", reason, "")
        .write();
    if (last.isPresent()) {
      ContainerStatuses.write(status, pod.spec(), last, Waiting.CREATING);
    } else {
      lost(status);
    }
    return status;
  }

  public static boolean isFinished(KubernetesObject pod) {
    return Set.of("Succeeded", "Failed").contains(pod.status().path("phase").asString(""));
  }

  /// Whether a container of it ran, as its status says.
  public static boolean hasRun(KubernetesObject pod) {
    return pod.status().path("phase").asString("").equals("Running");
  }

  private static void common(
      ObjectNode status, KubernetesObject pod, Optional<Instance> instance, Instant now) {
    status.put("qosClass", PodQuality.of(pod.spec())).put("hostIP", LOOPBACK);
    instance
        .filter(one -> !one.containers().isEmpty() || !one.ip().isEmpty())
        .ifPresent(one -> {
          String ip = one.ip().isEmpty() ? LOOPBACK : one.ip();
          status.put("podIP", ip).putArray("podIPs").addObject().put("ip", ip);
        });
    if (!status.has("startTime")) {
      status.put("startTime", now.truncatedTo(ChronoUnit.SECONDS).toString());
    }
  }

  private static List<ContainerState> states(Optional<Instance> instance) {
    return instance.map(Instance::containers).orElse(List.of());
  }

  private static boolean hasRun(JsonNode spec, List<ContainerState> states) {
    List<String> names = names(spec, "containers");
    return states.stream()
        .filter(state -> names.contains(state.name()))
        .anyMatch(ContainerStatuses::hasStarted);
  }

  private static boolean isInitialized(JsonNode spec, List<ContainerState> states) {
    return uninitialized(spec, states).isEmpty();
  }

  private static List<String> uninitialized(JsonNode spec, List<ContainerState> states) {
    List<String> names = new ArrayList<>();
    for (JsonNode container : spec.path("initContainers")) {
      boolean sidecar = container.path("restartPolicy").asString("").equals("Always");
      String name = container.path("name").asString("");
      boolean done =
          states.stream()
              .filter(state -> state.name().equals(name))
              .anyMatch(state ->
                  sidecar
                      ? state.started()
                      : state.exit().map(exit -> exit.code() == 0).orElse(false));
      if (!done) {
        names.add(name);
      }
    }
    return names;
  }

  /// A sidecar's end says nothing: it is told to end when the others have.
  private static boolean hasFailed(JsonNode spec, Optional<Instance> last) {
    Set<String> sidecars =
        StreamSupport.stream(spec.path("initContainers").spliterator(), false)
            .filter(it -> it.path("restartPolicy").asString("").equals("Always"))
            .map(it -> it.path("name").asString(""))
            .collect(Collectors.toSet());
    List<ContainerState> states =
        states(last).stream().filter(state -> !sidecars.contains(state.name())).toList();
    if (states.isEmpty()) {
      return last.flatMap(Instance::exit).map(exit -> exit.code() != 0).orElse(true);
    }
    return states.stream()
        .anyMatch(state -> state.exit().map(exit -> exit.code() != 0).orElse(true));
  }

  private static void lost(ObjectNode status) {
    for (String field : List.of("initContainerStatuses", "containerStatuses")) {
      for (JsonNode node : status.path(field)) {
        if (node instanceof ObjectNode container && !container.path("state").has("terminated")) {
          container.put("ready", false).put("started", false);
          container
              .putObject("state")
              .putObject("terminated")
              .put("exitCode", 137)
              .put("reason", Reason.LOST.reason())
              .put("message", Reason.LOST.message());
        }
      }
    }
  }

  private static Condition readiness(String type, List<String> unready) {
    return unready.isEmpty()
        ? new Condition(type, Status.TRUE, "", "")
        : new Condition(
            type,
            Status.FALSE,
            "ContainersNotReady",
            "containers with unready status: [%s]".formatted(String.join(" ", unready)));
  }

  private static List<String> names(JsonNode spec, String field) {
    List<String> names = new ArrayList<>();
    spec.path(field).forEach(container -> names.add(container.path("name").asString("")));
    return names;
  }
}
