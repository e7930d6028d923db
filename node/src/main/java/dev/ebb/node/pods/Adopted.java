package dev.ebb.node.pods;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.Workload;
import dev.ebb.node.sandbox.ContainerUser;
import dev.ebb.node.sandbox.Root;
import dev.ebb.node.sandbox.RunningContainer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a record says of a Pod, until its workload is known again: enough to show it and to end it,
/// not to start anything. Pure.
final class Adopted {
  private Adopted() {}

  static PodPlan plan(PodRecord record, ImageLease images) {
    List<ContainerPlan> containers = record.containers().stream().map(Adopted::plan).toList();
    PodSpec pod =
        PodSpec.of(
                containers.stream()
                    .filter(one -> !one.init())
                    .map(ContainerPlan::container)
                    .toList())
            .edit()
            .initContainers(
                containers.stream()
                    .filter(ContainerPlan::init)
                    .map(ContainerPlan::container)
                    .toList())
            .automountServiceAccountToken(false)
            .hostname(record.hostname())
            .build();
    return new PodPlan(
        new Workload(
            record.revision(),
            record.alone() ? "" : record.revision().name(),
            "",
            pod,
            0,
            Duration.ZERO,
            Duration.ZERO,
            record.terminationGrace()),
        containers,
        record.port(),
        record.hash(),
        record.reservation(),
        images);
  }

  private static ContainerPlan plan(PodRecord.Container one) {
    return new ContainerPlan(
        one.sidecar()
            ? Container.of(one.name(), one.image()).edit().restartAlways().build()
            : Container.of(one.name(), one.image()),
        one.init(),
        new Root.Host(),
        List.of(one.name()),
        Map.of(),
        Map.of(),
        "/",
        ContainerUser.ROOT,
        one.stopSignal(),
        one.image(),
        one.bySocket()
            ? Optional.of(new FunctionPart(List.of(), true, "", Optional.empty()))
            : Optional.empty());
  }

  static List<PodContainer> containers(PodRecord record, PodPlan plan) {
    return plan.containers().stream()
        .map(one ->
            container(
                one,
                record.containers().stream()
                    .filter(other -> other.name().equals(one.name()))
                    .findFirst()
                    .orElseThrow(),
                (record.alone() ? Ends.RESTART : Ends.REPLACE).backoff))
        .toList();
  }

  private static PodContainer container(
      ContainerPlan plan, PodRecord.Container recorded, CrashBackoff.Rule rule) {
    PodContainer container = new PodContainer(plan, rule);
    container.restarts = recorded.run();
    container.finished = recorded.finished();
    if (recorded.pid() > 0) {
      container.runs(
          new RunningContainer(recorded.runtimeId(), recorded.pid(), recorded.startTime(), 0),
          Instant.ofEpochMilli(recorded.startedAtMillis()));
      container.started = recorded.started();
      container.readiness(recorded.ready(), "");
    }
    return container;
  }
}
