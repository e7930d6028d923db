package dev.ebb.controllers;

import dev.ebb.controllers.workloads.NodePorts;
import dev.ebb.controllers.workloads.NodePorts.IngressPort;
import dev.ebb.dataplane.GatewayControl;
import dev.ebb.dataplane.GatewayControl.Entrance;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.WriteOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Services of type NodePort get their numbers, and those that are the way in to Knative the
/// gateway behind them. Run by one worker, so that no number is given twice.
final class NodePortReconciler implements Reconciler {
  /// Somebody else may leave the port.
  private static final Duration RETRY = Duration.ofSeconds(30);

  private final Context context;
  private final GatewayControl gateway;

  NodePortReconciler(Context context, GatewayControl gateway) {
    this.context = context;
    this.gateway = gateway;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    // From the store: the cache may not have the number that was given last.
    context
        .resources()
        .find(CoreKinds.SERVICE, key)
        .filter(NodePorts::lacksNumbers)
        .flatMap(present ->
            NodePorts.assign(
                present,
                NodePorts.used(
                    context.resources().list(CoreKinds.SERVICE, ListQuery.all()).items())))
        .ifPresent(changed ->
            context
                .resources()
                .update(CoreKinds.SERVICE, changed, WriteOptions.by(Context.FIELD_MANAGER)));
    return NodePorts.isIngress(key)
        ? listen(context.informers().coreServices().all())
        : Result.done();
  }

  private Result listen(List<KubernetesObject> services) {
    Map<Integer, IngressPort> wanted = NodePorts.ofIngresses(services);
    Map<Integer, Entrance> entrances = new HashMap<>();
    wanted.forEach((port, ingress) -> entrances.put(port, ingress.entrance()));
    Map<Integer, String> failures = gateway.listenAlso(entrances);
    failures.forEach((port, why) -> {
      IngressPort ingress = wanted.get(port);
      if (ingress != null) {
        context.events().warning(ingress.service(), "NodePortNotServed", why);
      }
    });
    return failures.isEmpty() ? Result.done() : Result.requeueAfter(RETRY);
  }
}
