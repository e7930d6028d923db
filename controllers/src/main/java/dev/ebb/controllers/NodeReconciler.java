package dev.ebb.controllers;

import dev.ebb.controllers.workloads.Machine;
import dev.ebb.controllers.workloads.NodeResources;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.ClusterKinds;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import java.time.Duration;
import java.util.function.Supplier;

/// Shows this machine as the one Node. What users write into it (labels, taints) stays.
final class NodeReconciler implements Reconciler {
  /// As the kubelet's `nodeStatusReportFrequency`.
  private static final Duration HEARTBEAT = Duration.ofMinutes(5);

  private final Context context;
  private final Supplier<Machine> machine;

  NodeReconciler(Context context, Supplier<Machine> machine) {
    this.context = context.mirroring();
    this.machine = machine;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Machine now = machine.get();
    KubernetesObject node = context.children().ensure(ClusterKinds.NODE, NodeResources.node(now));
    context
        .statuses()
        .write(ClusterKinds.NODE, node, status -> NodeResources.status(status, now, context.now()));
    return Result.requeueAfter(HEARTBEAT);
  }
}
