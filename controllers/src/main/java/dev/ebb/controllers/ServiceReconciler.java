package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.reconcile.Children.Child;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import java.util.Optional;

/// Service -> Configuration and Route, and their state back.
final class ServiceReconciler implements Reconciler {
  private final Context context;

  ServiceReconciler(Context context) {
    this.context = context;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Informers informers = context.informers();
    Optional<KubernetesObject> found = Informers.alive(informers.services(), key);
    if (found.isEmpty()) {
      return Result.done();
    }
    KubernetesObject service = found.get();
    Child configuration =
        context
            .children()
            .apply(
                informers.configurations().kind(),
                informers.configurations().get(key),
                ServiceResources.configuration(service));
    Child route =
        context
            .children()
            .apply(
                informers.routes().kind(),
                informers.routes().get(key),
                ServiceResources.route(service));
    context
        .statuses()
        .write(
            informers.services().kind(),
            service,
            status -> ServiceStatus.plan(status, service, configuration, route, context.now()));
    return Result.done();
  }
}
