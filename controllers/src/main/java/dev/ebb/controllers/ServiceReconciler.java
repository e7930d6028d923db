package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.Children.Child;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import java.util.Optional;
import java.util.stream.Stream;

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
    Optional<KubernetesObject> made = informers.configurations().get(key);
    Child configuration =
        context
            .children()
            .applyExactly(
                informers.configurations().kind(),
                made,
                ServiceResources.configuration(service, made),
                new CreationEvents(context.events(), service, "Configuration"));
    KubernetesObject desired = ServiceResources.route(service);
    Optional<KubernetesObject> present = informers.routes().get(key);
    Optional<Child> route =
        isTooEarly(desired, configuration)
            ? present
                .filter(object -> Children.isControlledBy(object, service))
                .map(Child.Owned::new)
            : Optional.of(
                context
                    .children()
                    .applyExactly(
                        informers.routes().kind(),
                        present,
                        desired,
                        new CreationEvents(context.events(), service, "Route")));
    Stream.concat(Stream.of(configuration), route.stream())
        .forEach(child -> {
          if (child instanceof Child.Foreign(KubernetesObject other)) {
            CreationEvents.notOwned(context.events(), service, other);
          }
        });
    context
        .statuses()
        .write(
            informers.services().kind(),
            service,
            status -> ServiceStatus.plan(status, service, configuration, route, context.now()))
        .ifPresent(written -> readyEvents.tell(written, serves(written.after())));
    return Result.done();
  }

  /// The Revision that the template asks for, and that the traffic names, is not made yet: the
  /// Route would miss it.
  private static boolean isTooEarly(KubernetesObject route, Child configuration) {
    return configuration instanceof Child.Owned(KubernetesObject object)
        && ServiceStatus.isBehind(object)
        && Informers.revisionsNamedBy(route).contains(ConfigurationResources.revisionKey(object));
  }

  private static String serves(KubernetesObject service) {
    return "Revision \"%s\" serves at %s"
        .formatted(
            service.status().path("latestReadyRevisionName").asString(""),
            service.status().path("url").asString(""));
  }
}
