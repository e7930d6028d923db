package dev.ebb.controllers.workloads;

import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.ContainerState.Phase;
import dev.ebb.dataplane.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What happened to a Pod between two looks at its instance, in the kubelet's words. Pure.
public final class PodEvents {
  public record News(boolean warning, String reason, String message) {}

  private PodEvents() {}

  public static List<News> between(Optional<Instance> before, Instance after) {
    List<News> news = new ArrayList<>();
    for (ContainerState state : after.containers()) {
      Optional<ContainerState> old =
          before.stream()
              .flatMap(instance -> instance.containers().stream())
              .filter(one -> one.name().equals(state.name()))
              .findFirst();
      container(old, state, news);
    }
    boolean ending = after.phase() == Instance.Phase.DRAINING && !after.wanted();
    if (ending && before.map(one -> one.phase() != after.phase()).orElse(true)) {
      for (ContainerState state : after.containers()) {
        if (state.phase() == Phase.RUNNING) {
          news.add(normal("Killing", "Stopping container " + state.name()));
        }
      }
    }
    return news;
  }

  /// Whether all its containers had been started before; what is told of a first start is in other
  /// words where a revision's instance is shown.
  public static boolean hasStarted(Instance instance) {
    return instance.containers().stream().allMatch(ContainerStatuses::hasStarted);
  }

  private static void container(
      Optional<ContainerState> old, ContainerState state, List<News> news) {
    String name = state.name();
    int restartsBefore = old.map(ContainerState::restarts).orElse(0);
    boolean startedBefore = old.map(ContainerStatuses::hasStarted).orElse(false);
    boolean starts =
        ContainerStatuses.hasStarted(state)
            && (!startedBefore || state.restarts() > restartsBefore);
    if (starts) {
      news.add(
          normal(
              "Pulled",
              "Container image \"%s\" already present on machine".formatted(state.imageDigest())));
      news.add(normal("Created", "Created container: " + name));
      news.add(normal("Started", "Started container " + name));
    }
    boolean sameWait =
        old.map(one -> one.phase() == Phase.WAITING && one.reason().equals(state.reason()))
            .orElse(false);
    if (state.phase() == Phase.WAITING && !sameWait) {
      waiting(state, news);
    }
    boolean sameMessage = old.map(one -> one.message().equals(state.message())).orElse(false);
    if (isCreated(state) && !state.message().isEmpty() && !sameMessage) {
      News mount = warning("FailedMount", state.message());
      if (!news.contains(mount)) {
        news.add(mount); // once for all containers
      }
    }
    if (state.phase() == Phase.RUNNING
        && !state.message().isEmpty()
        && !old.map(one -> one.message().equals(state.message())).orElse(false)) {
      news.add(warning("Unhealthy", state.message()));
    }
  }

  private static boolean isCreated(ContainerState state) {
    return state.phase() == Phase.WAITING && state.reason().equals("ContainerCreating");
  }

  private static void waiting(ContainerState state, List<News> news) {
    switch (state.reason()) {
      case "CrashLoopBackOff" ->
          news.add(warning("BackOff", "Back-off restarting failed container " + state.name()));
      case "ImagePullBackOff" ->
          news.add(normal("BackOff", "Back-off pulling image: " + state.message()));
      case "", "ContainerCreating", "PodInitializing" -> {}
      default ->
          news.add(
              warning(
                  "Failed",
                  state.message().isEmpty() ? "Error: " + state.reason() : state.message()));
    }
  }

  private static News normal(String reason, String message) {
    return new News(false, reason, message);
  }

  private static News warning(String reason, String message) {
    return new News(true, reason, message);
  }
}
