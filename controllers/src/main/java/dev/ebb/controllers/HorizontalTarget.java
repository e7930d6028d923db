package dev.ebb.controllers;

import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Scaler;
import dev.ebb.dataplane.ScalingDecision;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.OwnerReference;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.Resources;
import dev.ebb.resources.local.Scale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a HorizontalPodAutoscaler scales.
sealed interface HorizontalTarget {
  /// @param problem why there is nothing to be scaled
  record Missing(String problem) implements HorizontalTarget {}

  sealed interface Present extends HorizontalTarget {
    /// As many as there should be.
    int replicas();

    /// Of its Pods; empty where it has none.
    String selector();
  }

  /// A Deployment that shows a Revision: the autoscaler of the data plane has its count.
  record OfRevision(RevisionId id, int replicas, String selector) implements Present {
    OfRevision with(int other) {
      return new OfRevision(id, other, selector);
    }
  }

  /// What has a sub-resource `scale`.
  record Scalable(KindDefinition kind, ObjectKey key, int replicas, String selector)
      implements Present {}

  static boolean isSame(KubernetesObject one, KubernetesObject other) {
    return reference(one).path("name").equals(reference(other).path("name"))
        && reference(one).path("kind").equals(reference(other).path("kind"))
        && type(one).group().equals(type(other).group());
  }

  private static JsonNode reference(KubernetesObject autoscaler) {
    return autoscaler.spec().path("scaleTargetRef");
  }

  private static GroupVersionKind type(KubernetesObject autoscaler) {
    JsonNode reference = reference(autoscaler);
    return GroupVersionKind.of(
        reference.path("apiVersion").asString(""), reference.path("kind").asString(""));
  }

  /// Looks it up; not in a cache, which may not have seen yet what was scaled.
  record Finder(Resources resources, SystemConfig config, Scaler scaler) {
    HorizontalTarget of(KubernetesObject autoscaler) {
      GroupVersionKind type = type(autoscaler);
      ObjectKey key =
          new ObjectKey(autoscaler.namespace(), reference(autoscaler).path("name").asString(""));
      Optional<KindDefinition> kind =
          resources.kinds().stored().stream()
              .filter(one ->
                  one.type().group().equals(type.group()) && one.type().kind().equals(type.kind()))
              .findFirst();
      if (kind.isEmpty()) {
        return new Missing(
            "no matches for kind \"%s\" in group \"%s\"".formatted(type.kind(), type.group()));
      }
      if (!Scale.isServedBy(kind.get())) {
        return new Missing("the server could not find the requested resource");
      }
      Optional<KubernetesObject> workload = resources.find(kind.get(), key);
      if (workload.isEmpty()) {
        return new Missing(
            "%s \"%s\" not found".formatted(kind.get().qualifiedPlural(), key.name()));
      }
      try {
        KubernetesObject scale = Scale.view(kind.get(), workload.get());
        int replicas = scale.spec().path("replicas").asInt(0);
        String selector = scale.status().path("selector").asString("");
        return Mirrors.isMirror(workload.get())
            ? ofRevision(workload.get(), replicas, selector)
            : new Scalable(kind.get(), key, replicas, selector);
      } catch (ApiException e) {
        return new Missing(String.valueOf(e.getMessage()));
      }
    }

    private HorizontalTarget ofRevision(
        KubernetesObject deployment, int replicas, String selector) {
      ObjectKey key =
          new ObjectKey(
              deployment.namespace(),
              deployment
                  .controller()
                  .filter(owner -> owner.kind().equals(ServingKinds.REVISION.type().kind()))
                  .map(OwnerReference::name)
                  .orElse(""));
      Optional<KubernetesObject> revision = resources.find(ServingKinds.REVISION, key);
      if (revision.isEmpty()) {
        return new Missing("it shows a Revision that is gone");
      }
      if (!config.scaling().byUse(revision.get().annotations())) {
        return new Missing(
            "%s \"%s\" shows a Revision, whose requests scale it; give that the annotation %s"
                .formatted(
                    "deployments.apps",
                    deployment.name(),
                    "autoscaling.knative.dev/class: hpa.autoscaling.knative.dev"));
      }
      RevisionId id = RevisionResources.id(revision.get());
      return new OfRevision(
          id, scaler.lastDecision(id).map(ScalingDecision::desired).orElse(replicas), selector);
    }
  }
}
