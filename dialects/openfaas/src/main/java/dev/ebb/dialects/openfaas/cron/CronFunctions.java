package dev.ebb.dialects.openfaas.cron;

import dev.ebb.eventing.calls.AsyncCalls;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Controller;
import dev.ebb.reconcile.EventRecorder;
import dev.ebb.reconcile.Informer;
import dev.ebb.reconcile.ObjectChange;
import dev.ebb.reconcile.WorkQueue;
import dev.ebb.resources.Resources;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Calls the functions of all namespaces whose annotations ask for it, at their times.
///
/// What OpenFaaS has a connector for: `POST` without a body, `X-Topic: cron-function` and
/// `X-Connector: cron-connector`. The calls are asynchronous ones, with the retries, queues and
/// dead letters of those; nothing waits for them.
public final class CronFunctions implements AutoCloseable {
  /// A time is an append and a write of a millisecond each; many functions have the same minute.
  private static final int WORKERS = 4;

  private final Informer services;
  private final EventRecorder events;
  private final Controller controller;

  /// Those that have schedules, or had them when they were last looked at.
  private final Set<ObjectKey> scheduled = ConcurrentHashMap.newKeySet();

  /// @param queue the name of a function's queue
  public CronFunctions(
      Resources resources,
      AsyncCalls calls,
      Function<KubernetesObject, String> queue,
      InstantSource clock) {
    services = new Informer(resources, ServingKinds.SERVICE);
    events = new EventRecorder(resources, _ -> "cron-connector", clock);
    controller =
        new Controller(
            "cron-function",
            new WorkQueue(),
            new CronReconciler(resources, calls, queue, events, clock),
            WORKERS);
  }

  public void start() {
    services.onChange(this::changed);
    services.start();
    events.start();
    controller.start();
  }

  private void changed(ObjectChange change) {
    ObjectKey key = change.object().key();
    boolean isScheduled =
        !change.deleted() && FunctionSchedules.of(change.object().annotations()).isPresent();
    if (isScheduled ? scheduled.add(key) || isNew(change) : scheduled.remove(key)) {
      controller.enqueue(key);
    }
  }

  /// Not one of the many changes of the status.
  private static boolean isNew(ObjectChange change) {
    return change
        .previous()
        .filter(before ->
            before.annotations().equals(change.object().annotations())
                && before.uid().equals(change.object().uid()))
        .isEmpty();
  }

  @Override
  public void close() {
    services.close();
    controller.close();
    events.close();
  }
}
