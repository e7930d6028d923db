package dev.ebb.controllers;

import dev.ebb.controllers.workloads.PodTemplateHash;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.AppsKinds;
import dev.ebb.reconcile.Children;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// The ReplicaSets between the Deployment that shows a Revision and its Pods: one for each hash
/// that the node names instances by (`DEPLOYMENT-HASH-LETTERS`), so that the owners of a Pod lead
/// to the Revision by the steps that people know.
final class ReplicaSetMirror {
  private final Context context;

  ReplicaSetMirror(Context context) {
    this.context = context;
  }

  /// Who controls the Pod of an instance: its ReplicaSet, or the Revision itself where somebody
  /// else has a Deployment or ReplicaSet of that name.
  KubernetesObject ownerOf(KubernetesObject revision, Instance instance) {
    ObjectKey key = DeploymentResources.key(revision.key());
    KubernetesObject deployment =
        context
            .informers()
            .deployments()
            .get(key)
            .orElseGet(() ->
                context
                    .children()
                    .ensure(AppsKinds.DEPLOYMENT, DeploymentResources.deployment(revision, 1)));
    if (!Children.isControlledBy(deployment, revision)) {
      return revision;
    }
    KubernetesObject desired = replicaSet(revision, deployment, instance.id());
    KubernetesObject set =
        context
            .informers()
            .replicaSets()
            .get(desired.key())
            .orElseGet(() -> context.children().ensure(AppsKinds.REPLICA_SET, desired));
    return Children.isControlledBy(set, deployment) ? set : revision;
  }

  /// Brings the numbers of a Deployment's ReplicaSets to what runs.
  ///
  /// @param wanted how many instances the autoscaler wants
  void count(KubernetesObject deployment, int wanted, Collection<Instance> instances) {
    List<KubernetesObject> sets = context.informers().replicaSetsOf(deployment);
    for (KubernetesObject set : sets) {
      List<Instance> own =
          instances.stream()
              .filter(one -> nameOf(one.id()).equals(set.name()))
              .filter(one -> one.phase() == Phase.STARTING || one.phase() == Phase.READY)
              .toList();
      int ready = (int) own.stream().filter(Instance::ready).count();
      KubernetesObject scaled = scale(set, sets.size() == 1 ? wanted : own.size());
      context
          .statuses()
          .write(
              AppsKinds.REPLICA_SET,
              scaled,
              status ->
                  status
                      .put("observedGeneration", scaled.generation())
                      .put("replicas", own.size())
                      .put("fullyLabeledReplicas", own.size())
                      .put("readyReplicas", ready)
                      .put("availableReplicas", ready));
    }
  }

  /// Of the ReplicaSet of an instance.
  private static String nameOf(InstanceId instance) {
    return instance.value().substring(0, instance.value().lastIndexOf('-'));
  }

  static String hashOf(InstanceId instance) {
    String name = nameOf(instance);
    return name.substring(name.lastIndexOf('-') + 1);
  }

  private KubernetesObject scale(KubernetesObject set, int replicas) {
    if (set.spec().path("replicas").asInt(-1) == replicas) {
      return set;
    }
    KubernetesObject scaled = set.with(json -> json.withObject("/spec").put("replicas", replicas));
    return context.resources().update(AppsKinds.REPLICA_SET, scaled, Context.MIRROR).object();
  }

  private static KubernetesObject replicaSet(
      KubernetesObject revision, KubernetesObject deployment, InstanceId instance) {
    Map<String, String> labels = new HashMap<>(PodResources.labels(revision));
    labels.put(PodTemplateHash.LABEL, hashOf(instance));
    KubernetesObject set =
        KubernetesObject.of(
                AppsKinds.REPLICA_SET.type(),
                new ObjectKey(deployment.namespace(), nameOf(instance)))
            .with(json -> {
              ObjectNode spec = json.putObject("spec");
              spec.put("replicas", 1);
              spec.set("selector", deployment.spec().path("selector").deepCopy());
              spec.withObject("/selector/matchLabels").put(PodTemplateHash.LABEL, hashOf(instance));
              spec.set("template", deployment.spec().path("template").deepCopy());
              spec.withObject("/template/metadata/labels")
                  .put(PodTemplateHash.LABEL, hashOf(instance));
            });
    return Children.ownedBy(deployment, set, labels, Map.of());
  }
}
