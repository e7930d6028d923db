package dev.ebb.controllers;

import dev.ebb.controllers.workloads.ServiceEndpoints;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.OwnerReference;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.core.NetworkKinds;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import dev.ebb.reconcile.StatusWriter;
import dev.ebb.resources.ApiException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A Service with a selector -> its Endpoints and EndpointSlices. Those of a Revision's Service
/// come with its first Pod: a thousand Services at zero would be two thousand empty lists.
final class EndpointsReconciler implements Reconciler {
  private final Context context;

  EndpointsReconciler(Context context) {
    this.context = context.mirroring();
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Informers informers = context.informers();
    Informers.alive(informers.coreServices(), key)
        .filter(ServiceEndpoints::has)
        .ifPresent(service -> {
          List<KubernetesObject> pods =
              informers.podsOf(service).stream()
                  .filter(pod -> ServiceEndpoints.selects(service, pod))
                  .toList();
          boolean shown =
              service.controller().isEmpty()
                  || !pods.isEmpty()
                  || informers.endpoints().get(key).isPresent();
          if (shown) {
            write(service, pods);
          }
        });
    return Result.done();
  }

  private void write(KubernetesObject service, List<KubernetesObject> pods) {
    Informers informers = context.informers();
    KubernetesObject endpoints = ServiceEndpoints.endpoints(service, pods);
    apply(CoreKinds.ENDPOINTS, informers.endpoints().get(service.key()), endpoints);
    List<KubernetesObject> slices = ServiceEndpoints.slices(service, pods);
    for (KubernetesObject slice : slices) {
      apply(NetworkKinds.ENDPOINT_SLICE, informers.endpointSlices().get(slice.key()), slice);
    }
    Set<String> wanted =
        slices.stream().map(KubernetesObject::name).collect(Collectors.toUnmodifiableSet());
    for (KubernetesObject slice : informers.endpointSlicesOf(service)) {
      if (!wanted.contains(slice.name())) {
        context.deleteMirrored(NetworkKinds.ENDPOINT_SLICE, slice);
      }
    }
  }

  /// One of the user's own under that name stays as it is.
  private void apply(
      KindDefinition kind, Optional<KubernetesObject> cached, KubernetesObject desired) {
    KubernetesObject present = cached.orElseGet(() -> context.children().ensure(kind, desired));
    boolean foreign =
        !present
            .controller()
            .map(OwnerReference::uid)
            .equals(desired.controller().map(OwnerReference::uid));
    KubernetesObject next =
        present.with(json -> {
          for (String field : List.of("subsets", "endpoints", "ports")) {
            json.remove(field);
            if (desired.json().has(field)) {
              json.set(field, desired.json().path(field));
            }
          }
        });
    if (foreign || StatusWriter.same(present.json(), next.json())) {
      return;
    }
    try {
      context.resources().update(kind, next, Context.MIRROR);
    } catch (ApiException refused) {
      if (!refused.isNotFound()) {
        throw refused;
      } // else it is gone with its Service
    }
  }
}
