package dev.ebb.controllers.workloads;

import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.ContainerState.Phase;
import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `containerStatuses` and `initContainerStatuses` of a Pod, from what the node tells. Pure.
public final class ContainerStatuses {
  /// What a container waits for.
  public record Waiting(String reason, String message) {
    public static final Waiting CREATING = new Waiting("ContainerCreating", "");
    static final Waiting INITIALIZING = new Waiting("PodInitializing", "");
  }

  private ContainerStatuses() {}

  /// @param waiting of those of which the node has not told yet
  public static void write(
      ObjectNode status, JsonNode spec, Optional<Instance> instance, Waiting waiting) {
    boolean initializes = !spec.path("initContainers").isEmpty();
    Waiting later =
        initializes && waiting.equals(Waiting.CREATING) ? Waiting.INITIALIZING : waiting;
    Function<String, Optional<ContainerState>> states =
        name ->
            instance.stream()
                .flatMap(one -> one.containers().stream())
                .filter(state -> state.name().equals(name))
                .findFirst();
    write(status, "initContainerStatuses", spec.path("initContainers"), states, waiting);
    write(status, "containerStatuses", spec.path("containers"), states, later);
  }

  private static void write(
      ObjectNode status,
      String field,
      JsonNode containers,
      Function<String, Optional<ContainerState>> states,
      Waiting waiting) {
    if (containers.isEmpty()) {
      return;
    }
    ArrayNode list = status.arrayNode();
    for (JsonNode container : containers) {
      ObjectNode node = list.addObject();
      String name = container.path("name").asString("");
      node.put("name", name).put("image", container.path("image").asString(""));
      states.apply(name).ifPresentOrElse(state -> write(node, state), () -> waits(node, waiting));
      if (container.path("tty").asBoolean(false)
          && node.path("state").path("terminated") instanceof ObjectNode end) {
        // Its user has seen what it said, and kubectl would show it again.
        end.remove("message");
      }
    }
    status.set(field, list);
  }

  private static void waits(ObjectNode node, Waiting waiting) {
    node.put("imageID", "").put("restartCount", 0).put("ready", false).put("started", false);
    node.putObject("lastState");
    waiting(node.putObject("state"), waiting);
  }

  private static void write(ObjectNode node, ContainerState state) {
    node.put("imageID", state.imageDigest()).put("restartCount", state.restarts());
    node.put("ready", state.ready()).put("started", state.started());
    String id = "ebb://%s-%d".formatted(state.name(), state.restarts());
    ObjectNode last = node.putObject("lastState");
    state
        .lastExit()
        .ifPresent(exit ->
            terminated(
                last.putObject("terminated"),
                exit,
                Optional.empty(),
                state.exit().isPresent() ? Optional.empty() : state.finishedAt()));
    ObjectNode now = node.putObject("state");
    switch (state.phase()) {
      case WAITING -> waiting(now, new Waiting(state.reason(), state.message()));
      case RUNNING -> {
        node.put("containerID", id);
        ObjectNode running = now.putObject("running");
        state.startedAt().ifPresent(time -> running.put("startedAt", text(time)));
      }
      case TERMINATED -> {
        node.put("containerID", id);
        ExitStatus exit = state.exit().orElse(new ExitStatus(-1, 0, "ContainerStatusUnknown", ""));
        terminated(now.putObject("terminated"), exit, state.startedAt(), state.finishedAt());
      }
    }
  }

  private static void waiting(ObjectNode state, Waiting waiting) {
    ObjectNode node = state.putObject("waiting");
    node.put("reason", waiting.reason().isEmpty() ? "ContainerCreating" : waiting.reason());
    if (!waiting.message().isEmpty()) {
      node.put("message", waiting.message());
    }
  }

  private static void terminated(
      ObjectNode node, ExitStatus exit, Optional<Instant> started, Optional<Instant> finished) {
    // A code that nobody knows is told as the kubelet tells it.
    node.put("exitCode", exit.code() < 0 ? 137 : exit.code());
    if (exit.signal() > 0) {
      node.put("signal", exit.signal());
    }
    node.put("reason", reason(exit));
    if (!exit.message().isBlank()) {
      node.put("message", exit.message());
    }
    started.ifPresent(time -> node.put("startedAt", text(time)));
    finished.ifPresent(time -> node.put("finishedAt", text(time)));
  }

  private static String reason(ExitStatus exit) {
    return switch (exit.reason()) {
      case "Stopped" -> exit.code() == 0 ? "Completed" : "Error";
      case "Unknown" -> "ContainerStatusUnknown";
      default -> exit.reason();
    };
  }

  /// Whether a container of the Pod ran or runs.
  static boolean hasStarted(ContainerState state) {
    return state.phase() != Phase.WAITING || state.restarts() > 0 || state.lastExit().isPresent();
  }

  private static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
