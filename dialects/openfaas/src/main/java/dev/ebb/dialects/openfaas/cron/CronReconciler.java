package dev.ebb.dialects.openfaas.cron;

import dev.ebb.eventing.calls.AsyncCalls;
import dev.ebb.eventing.calls.Call;
import dev.ebb.eventing.calls.CallRefusedException;
import dev.ebb.eventing.log.EventLogException;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.EventRecorder;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.Patch;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WriteOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// A Service with schedules -> an asynchronous call at each of its times.
///
/// The call is durable first, then that its time was met. Its id follows from the function, the
/// schedule and the time, so a call that a killed server left is found in the queue by a server
/// that starts again, and is not made a second time. Where the kill comes in the milliseconds
/// between the two and the call was over too, the function is called once more, with the same id:
/// at least once, as all asynchronous calls.
final class CronReconciler implements Reconciler {
  /// The queue's clock stands while a laptop sleeps and does not see that somebody set the time.
  private static final Duration LONGEST_REST = Duration.ofMinutes(10);

  /// A full queue has room when a call is over.
  private static final Duration WHEN_REFUSED = Duration.ofSeconds(10);

  private static final WriteOptions STATUS =
      WriteOptions.by("ebb-openfaas-cron").to(WriteOptions.Subresource.STATUS);

  private final Resources resources;
  private final AsyncCalls calls;
  private final Function<KubernetesObject, String> queue;
  private final EventRecorder events;
  private final InstantSource clock;
  private final Instant began;

  /// By the uid of the Service: what this process knows before it is written, or when it could not
  /// be written.
  private final Map<String, Map<String, Instant>> accepted = new ConcurrentHashMap<>();

  private final Map<ObjectKey, String> uids = new ConcurrentHashMap<>();

  CronReconciler(
      Resources resources,
      AsyncCalls calls,
      Function<KubernetesObject, String> queue,
      EventRecorder events,
      InstantSource clock) {
    this.resources = resources;
    this.calls = calls;
    this.queue = queue;
    this.events = events;
    this.clock = clock;
    this.began = clock.instant();
  }

  @Override
  public Result reconcile(ObjectKey key) {
    // Not from a cache, which may not have seen yet that a time was met.
    Optional<KubernetesObject> found =
        resources
            .find(ServingKinds.SERVICE, key)
            .filter(service -> service.deletionTimestamp().isEmpty());
    Optional<FunctionSchedules> schedules =
        found.flatMap(service -> FunctionSchedules.of(service.annotations()));
    forget(key, found.map(KubernetesObject::uid).orElse(""));
    if (found.isEmpty() || schedules.isEmpty()) {
      found
          .filter(service -> !CronState.of(service).isEmpty())
          .ifPresent(service -> write(service, Map.of()));
      return Result.done();
    }
    return reconcile(found.get(), schedules.get());
  }

  private Result reconcile(KubernetesObject service, FunctionSchedules schedules) {
    for (String problem : schedules.problems()) {
      events.warning(
          service, "InvalidSchedule", "The function is not called as wanted: " + problem);
    }
    Map<String, Instant> stored = CronState.of(service);
    Map<String, Instant> met = new HashMap<>(stored);
    met.putAll(accepted.getOrDefault(service.uid(), Map.of()));
    Instant now = clock.instant();
    CronPlan plan = CronPlan.of(schedules, met, now);
    for (CronPlan.Time time : plan.missed()) {
      events.warning(
          service,
          "MissSchedule",
          "Missed scheduled time to call the function: %s of \"%s\""
              .formatted(time.at(), time.schedule()));
    }
    Map<String, Instant> metNow = new HashMap<>(plan.met());
    boolean refused = false;
    for (CronPlan.Time time : plan.due()) {
      if (!call(service, time, now)) {
        refused = true;
        restore(metNow, met, time.schedule());
      }
    }
    accepted.put(service.uid(), Map.copyOf(metNow));
    if (!metNow.equals(stored)) {
      write(service, metNow);
    }
    Optional<Duration> rest = plan.next().map(next -> rest(clock.instant(), next));
    if (refused) {
      rest = Optional.of(rest.filter(it -> it.compareTo(WHEN_REFUSED) < 0).orElse(WHEN_REFUSED));
    }
    return rest.map(Result::requeueAfter).orElseGet(Result::done);
  }

  private static void restore(
      Map<String, Instant> metNow, Map<String, Instant> met, String schedule) {
    Instant before = met.get(schedule);
    if (before == null) {
      metNow.remove(schedule);
    } else {
      metNow.put(schedule, before);
    }
  }

  /// @return whether the time is met, or cannot be
  private boolean call(KubernetesObject service, CronPlan.Time time, Instant now) {
    String id = id(service, time);
    try {
      if (!time.at().isAfter(began) && isThere(id)) {
        return true;
      }
      calls.accept(
          new Call(
              id,
              queue.apply(service),
              service.key(),
              "POST",
              "/",
              "",
              Map.of(
                  "x-call-id", List.of(id),
                  "x-connector", List.of("cron-connector"),
                  "x-topic", List.of("cron-function")),
              Optional.empty(),
              /* hops= */ 0,
              now),
          InputStream.nullInputStream());
    } catch (CallRefusedException e) {
      events.warning(service, "FailedSchedule", "The call is not taken: " + e.getMessage());
      // Its queue has no name that could be: the next time is no better.
      return e.reason() == CallRefusedException.Reason.INVALID;
    } catch (EventLogException e) {
      events.warning(service, "FailedSchedule", "The call is not taken: " + e.getMessage());
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    events.normal(service, "Scheduled", "Called by the schedule \"%s\"".formatted(time.schedule()));
    return true;
  }

  /// Whether an earlier process accepted it. Reads through all calls that wait.
  private boolean isThere(String id) {
    calls.start();
    return calls.show(_ -> true, id, 0).isPresent();
  }

  private static String id(KubernetesObject service, CronPlan.Time time) {
    String content = String.join("\n", service.uid(), time.schedule(), time.at().toString());
    return UUID.nameUUIDFromBytes(content.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private void write(KubernetesObject service, Map<String, Instant> met) {
    try {
      resources.patch(
          ServingKinds.SERVICE,
          service.key(),
          new Patch(Patch.Type.MERGE, CronState.patch(service.uid(), met)),
          STATUS);
    } catch (ApiException refused) {
      if (!refused.isNotFound()) {
        throw refused;
      }
    }
  }

  private void forget(ObjectKey key, String uid) {
    String before = uid.isEmpty() ? uids.remove(key) : uids.put(key, uid);
    if (before != null && !before.equals(uid)) {
      accepted.remove(before);
    }
  }

  private static Duration rest(Instant now, Instant next) {
    Duration rest = Duration.between(now, next);
    if (rest.isNegative()) {
      return Duration.ZERO;
    }
    return rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST;
  }
}
