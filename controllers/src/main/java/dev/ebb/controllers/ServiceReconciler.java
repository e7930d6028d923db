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
  private final ReadyEvents readyEvents;

  ServiceReconciler(Context context) {
    this.context = context;
    this.readyEvents = new ReadyEvents(context.events());
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
            status -> ServiceStatus.plan(status, service, configuration, route, context.now()))
        .ifPresent(written -> readyEvents.tell(written, serves(written.after())));
    return Result.done();
  }

  private static String serves(KubernetesObject service) {
    return "Revision \"%s\" serves at %s"
        .formatted(
            service.status().path("latestReadyRevisionName").asString(""),
            service.status().path("url").asString(""));
  }
}
