package dev.ebb.controllers;

import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.InstanceId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What is known of one revision's instances since the server started. Immutable.
///
/// @param live by id, without those that ended
/// @param failure the last one that no instance has disproved by becoming ready since
record RevisionInstances(Map<InstanceId, Instance> live, Optional<Failure> failure) {
  static final RevisionInstances NONE = new RevisionInstances(Map.of(), Optional.empty());

  /// Why there is no instance.
  sealed interface Failure {
    /// @param started whether it had been ready before
    record Crashed(ExitStatus exit, boolean started) implements Failure {}

    record Refused(String reason, String message, boolean permanent) implements Failure {}
  }

  RevisionInstances after(InstanceEvent event) {
    return switch (event) {
      case InstanceEvent.StartRefused(_, String reason, String message, boolean permanent) ->
          new RevisionInstances(
              live, Optional.of(refusal(new Failure.Refused(reason, message, permanent))));
      case InstanceEvent.PhaseChanged(Instance instance) -> after(instance);
    };
  }

  /// That the node rests after a crash tells nothing new: the crash says more.
  private Failure refusal(Failure.Refused refused) {
    return failure.orElse(refused) instanceof Failure.Crashed crashed
            && Exits.reason(crashed.exit()).equals(refused.reason())
        ? crashed
        : refused;
  }

  private RevisionInstances after(Instance instance) {
    Map<InstanceId, Instance> next = new LinkedHashMap<>(live);
    return switch (instance.phase()) {
      case READY -> {
        next.put(instance.id(), instance);
        yield new RevisionInstances(next, instance.ready() ? Optional.empty() : crash(instance));
      }
      case STARTING, DRAINING -> {
        next.put(instance.id(), instance);
        yield new RevisionInstances(next, failure);
      }
      case EXITED -> {
        Instance last = next.remove(instance.id());
        boolean started = last != null && last.phase() != Phase.STARTING;
        Optional<Failure> failed =
            instance.wanted() && instance.exit().isPresent()
                ? Optional.of(new Failure.Crashed(instance.exit().get(), started))
                : failure;
        yield new RevisionInstances(next, failed);
      }
    };
  }

  /// A container that was ready has ended, and is to be started again in its place.
  private Optional<Failure> crash(Instance instance) {
    return instance.containers().stream()
        .filter(container -> !container.ready() && container.exit().isEmpty())
        .flatMap(container -> container.lastExit().stream())
        .findFirst()
        .<Failure>map(exit -> new Failure.Crashed(exit, true))
        .or(() -> failure);
  }

  /// Why a container that runs is not ready yet, if that is known: where it listens instead, say.
  Optional<String> unready() {
    return live.values().stream()
        .filter(one -> one.phase() == Phase.STARTING)
        .flatMap(one -> one.containers().stream())
        .filter(one -> one.phase() == ContainerState.Phase.RUNNING && !one.ready())
        .map(ContainerState::message)
        .filter(message -> !message.isEmpty())
        .findFirst();
  }

  RevisionInstances withoutFailure() {
    return new RevisionInstances(live, Optional.empty());
  }

  int ready() {
    return (int) live.values().stream().filter(Instance::ready).count();
  }

  /// Those that are to be ready, and are not yet or not now.
  int starting() {
    return (int)
        live.values().stream()
            .filter(one -> one.phase() == Phase.STARTING || one.phase() == Phase.READY)
            .filter(one -> !one.ready())
            .count();
  }

  Collection<Instance> instances() {
    return live.values();
  }
}
