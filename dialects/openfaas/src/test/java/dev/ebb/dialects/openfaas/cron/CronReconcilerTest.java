package dev.ebb.dialects.openfaas.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.eventing.calls.AsyncCalls;
import dev.ebb.eventing.calls.Call;
import dev.ebb.eventing.calls.CallBooks;
import dev.ebb.eventing.calls.CallSender;
import dev.ebb.eventing.calls.CallsConfig;
import dev.ebb.eventing.calls.RetryPolicy;
import dev.ebb.eventing.embedded.EmbeddedEventLog;
import dev.ebb.eventing.embedded.EmbeddedLogSettings;
import dev.ebb.eventing.log.Payload;
import dev.ebb.eventing.testing.SimulatedFiles;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Backoff;
import dev.ebb.reconcile.EventRecorder;
import dev.ebb.reconcile.Result;
import dev.ebb.reconcile.WorkQueue;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.ObjectList;
import dev.ebb.resources.ObjectWatch;
import dev.ebb.resources.Patch;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WatchQuery;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteResult;
import dev.ebb.resources.testing.TestingResources;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// Calls by the clock over real objects and a real log in memory, with nobody who makes them. The
/// clock stands at the midnight that 2026 begins with.
class CronReconcilerTest {
  private static final ObjectKey TICK = new ObjectKey("default", "tick");

  private final TestingResources resources = new TestingResources();
  private final SimulatedFiles files = new SimulatedFiles();
  private final AtomicLong nanos = new AtomicLong();
  private AsyncCalls calls = calls(CallsConfig.defaults());
  private EventRecorder events = events();
  private CronReconciler cron = cron(resources);

  @AfterEach
  void close() {
    calls.close();
    resources.close();
  }

  @Test
  void eachTimeOfEachScheduleIsACall() {
    deploy("*/10 * * * *; 0 * * * *");
    assertThat(reconcile()).isEqualTo(Duration.ofMinutes(10));
    pass(Duration.ofMinutes(9));
    assertThat(reconcile()).isEqualTo(Duration.ofMinutes(1));
    assertThat(accepted()).isEmpty();
    pass(Duration.ofMinutes(1));
    reconcile();
    reconcile();
    assertThat(accepted()).hasSize(1);
    pass(Duration.ofMinutes(10));
    reconcile();
    assertThat(accepted()).hasSize(2);
    pass(Duration.ofMinutes(40));
    reconcile();
    assertThat(accepted()).hasSize(4);
    assertThat(told())
        .containsExactlyInAnyOrder(
            "Scheduled: Called by the schedule \"*/10 * * * *\" x3",
            "Scheduled: Called by the schedule \"0 * * * *\" x1");
  }

  @Test
  void aCallIsThatOfTheConnector() {
    deploy("* * * * *", "com.openfaas.queue", "slow-queue");
    reconcile();
    pass(Duration.ofMinutes(1));
    reconcile();
    CallBooks.Entry entry = accepted().getFirst();
    CallBooks.Detail call = calls.show(_ -> true, entry.id(), 10).orElseThrow();
    assertThat(call.target()).isEqualTo("POST /");
    assertThat(call.headers())
        .containsEntry("x-topic", List.of("cron-function"))
        .containsEntry("x-connector", List.of("cron-connector"))
        .containsEntry("x-call-id", List.of(entry.id()));
    assertThat(call.body()).isEmpty();
    assertThat(entry.function()).isEqualTo(TICK);
    assertThat(entry.queue()).isEqualTo("slow-queue");
  }

  @Test
  void aRestartNeitherLosesNorDoublesATime() {
    deploy("*/10 * * * *");
    reconcile();
    pass(Duration.ofMinutes(10));
    reconcile();
    restart();
    reconcile();
    assertThat(accepted()).hasSize(1);

    // Down for three times: the last one is met, once.
    pass(Duration.ofMinutes(35));
    restart();
    reconcile();
    restart();
    reconcile();
    assertThat(accepted()).hasSize(2);
    assertThat(reconcile()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void aKillBetweenTheCallAndItsNoteDoublesNothing() {
    deploy("*/10 * * * *");
    reconcile();
    pass(Duration.ofMinutes(10));
    cron = cron(new FailingStatus(resources));
    assertThatThrownBy(this::reconcile).isInstanceOf(ApiException.class);
    assertThat(accepted()).hasSize(1);
    // The same process knows it, one that starts later finds it in the queue.
    assertThatThrownBy(this::reconcile).isInstanceOf(ApiException.class);
    assertThat(accepted()).hasSize(1);
    restart();
    pass(Duration.ofMinutes(1));
    reconcile();
    assertThat(accepted()).hasSize(1);
    pass(Duration.ofMinutes(9));
    reconcile();
    assertThat(accepted()).hasSize(2);
  }

  @Test
  void whatIsTooLateIsToldAndNotMade() {
    deploy("*/10 * * * *", FunctionSchedules.DEADLINE, "60");
    reconcile();
    pass(Duration.ofMinutes(12));
    reconcile();
    assertThat(accepted()).isEmpty();
    assertThat(told())
        .containsExactly(
            "MissSchedule: Missed scheduled time to call the function: 2026-01-01T00:10:00Z of"
                + " \"*/10 * * * *\" x1");
    pass(Duration.ofSeconds(8 * 60 + 59));
    reconcile();
    assertThat(accepted()).hasSize(1);
  }

  @Test
  void aNewScheduleCallsForNothingThatIsPast() {
    deploy("0 12 * * *");
    reconcile();
    pass(Duration.ofHours(11));
    change("0 1 * * *");
    reconcile();
    pass(Duration.ofHours(2));
    reconcile();
    assertThat(accepted()).isEmpty();
    pass(Duration.ofHours(12));
    reconcile();
    assertThat(accepted()).hasSize(1);
    // Back again: its noons in between are not made up for.
    change("0 12 * * *");
    reconcile();
    assertThat(accepted()).hasSize(1);
    assertThat(resources.get(ServingKinds.SERVICE, TICK).generation()).isEqualTo(1);
  }

  @Test
  void withoutTheAnnotationsAndWithoutTheFunctionNothingIsCalled() {
    deploy("* * * * *");
    reconcile();
    assertThat(state()).isNotEmpty();
    resources.update(
        ServingKinds.SERVICE,
        resources
            .get(ServingKinds.SERVICE, TICK)
            .with(json -> json.withObject("/metadata/annotations").remove("topic")),
        WriteOptions.by("test"));
    pass(Duration.ofMinutes(5));
    assertThat(reconcile()).isZero();
    assertThat(state()).isEmpty();

    resources.delete(ServingKinds.SERVICE, TICK, DeleteOptions.background());
    assertThat(reconcile()).isZero();
    // One of the same name counts from its own beginning.
    deploy("* * * * *");
    reconcile();
    assertThat(accepted()).isEmpty();
  }

  @Test
  void aScheduleThatCannotBeReadIsAnEventAndTheOthersAreMet() {
    deploy("61 * * * *; * * * * *");
    reconcile();
    pass(Duration.ofMinutes(1));
    reconcile();
    assertThat(accepted()).hasSize(1);
    assertThat(told())
        .contains(
            "InvalidSchedule: The function is not called as wanted: schedule: \"61 * * * *\": end"
                + " of range (61) above maximum (59): 61 x2");
  }

  @Test
  void aFullQueueIsToldAndTriedAgain() {
    restart(CallsConfig.defaults().withQueuedCalls(3));
    deploy("* * * * *");
    reconcile();
    for (int i = 0; i < 3; i++) {
      pass(Duration.ofMinutes(1));
      reconcile();
    }
    pass(Duration.ofMinutes(1));
    assertThat(reconcile()).isEqualTo(Duration.ofSeconds(10));
    assertThat(accepted()).hasSize(3);
    assertThat(told()).anyMatch(event -> event.startsWith("FailedSchedule: The call is not taken"));
    calls.drop(_ -> true, Optional.of(accepted().getFirst().id()));
    pass(Duration.ofSeconds(10));
    assertThat(reconcile()).isEqualTo(Duration.ofSeconds(50));
    assertThat(accepted()).hasSize(3);
  }

  @Test
  void aQueueThatCannotBeIsToldAndNotTriedAgain() {
    deploy("* * * * *", "com.openfaas.queue", "no such/queue");
    reconcile();
    pass(Duration.ofMinutes(1));
    assertThat(reconcile()).isEqualTo(Duration.ofMinutes(1));
    assertThat(told()).anyMatch(event -> event.startsWith("FailedSchedule: "));
  }

  @Test
  void aClockThatWasWrongDoesNotStopTheSchedule() {
    deploy("* * * * *");
    reconcile();
    pass(Duration.ofDays(1000));
    reconcile();
    assertThat(accepted()).hasSize(1);
    resources.clock().set(Instant.parse("2026-01-01T00:00:30Z"));
    reconcile();
    pass(Duration.ofSeconds(30));
    reconcile();
    assertThat(accepted()).hasSize(2);
    // A step back by seconds is no reason to meet a time again.
    pass(Duration.ofSeconds(-2));
    reconcile();
    pass(Duration.ofSeconds(2));
    reconcile();
    assertThat(accepted()).hasSize(2);
  }

  private Duration reconcile() {
    Result result = cron.reconcile(TICK);
    while (events.runOnce()) {}
    return result instanceof Result.RequeueAfter(Duration delay) ? delay : Duration.ZERO;
  }

  private void pass(Duration time) {
    resources.clock().advance(time);
    nanos.addAndGet(Duration.ofHours(1).toNanos()); // what is written once a second waits no longer
  }

  private List<CallBooks.Entry> accepted() {
    return calls.list(_ -> true, 100);
  }

  private String state() {
    return resources
        .get(ServingKinds.SERVICE, TICK)
        .status()
        .path("annotations")
        .path(CronState.ANNOTATION)
        .asString("");
  }

  private List<String> told() {
    return resources.list(CoreKinds.EVENT, ListQuery.all()).items().stream()
        .map(event ->
            "%s: %s x%d"
                .formatted(
                    event.json().path("reason").asString(),
                    event.json().path("message").asString(),
                    event.json().path("count").asInt()))
        .toList();
  }

  private void deploy(String schedule, String... more) {
    resources.create(
        ServingKinds.SERVICE,
        KubernetesObject.of(ServingKinds.SERVICE.type(), TICK)
            .with(json -> {
              ObjectNode annotations = json.withObject("/metadata/annotations");
              annotations.put("topic", "cron-function").put("schedule", schedule);
              for (int i = 0; i < more.length; i += 2) {
                annotations.put(more[i], more[i + 1]);
              }
              json.withObject("/spec/template/spec")
                  .putArray("containers")
                  .addObject()
                  .put("image", "docker.io/library/x:1");
            }),
        WriteOptions.by("test"));
  }

  private void change(String schedule) {
    resources.update(
        ServingKinds.SERVICE,
        resources
            .get(ServingKinds.SERVICE, TICK)
            .with(json -> json.withObject("/metadata/annotations").put("schedule", schedule)),
        WriteOptions.by("test"));
  }

  private void restart() {
    restart(CallsConfig.defaults());
  }

  private void restart(CallsConfig config) {
    calls.close();
    calls = calls(config);
    calls.start();
    events = events();
    cron = cron(resources);
  }

  private CronReconciler cron(Resources stored) {
    return new CronReconciler(
        stored,
        calls,
        service -> service.annotations().getOrDefault("com.openfaas.queue", "faas-request"),
        events,
        resources.clock());
  }

  private EventRecorder events() {
    return new EventRecorder(
        resources,
        _ -> "cron-connector",
        resources.clock(),
        new WorkQueue(nanos::get, Backoff.DEFAULT));
  }

  private AsyncCalls calls(CallsConfig config) {
    return new AsyncCalls(
        // None of a function is made, so that all wait.
        config.withCalls(1, 0),
        () ->
            new EmbeddedEventLog(
                files,
                EmbeddedLogSettings.defaults().withClock(resources.clock()),
                new Random(1),
                /* threaded= */ true),
        _ -> Optional.of(RetryPolicy.DEFAULT),
        new Nobody(),
        resources.clock(),
        Executors.newVirtualThreadPerTaskExecutor(),
        Thread.ofVirtual().factory(),
        () -> {});
  }

  private static final class Nobody implements CallSender {
    @Override
    public Answer call(Call call, Payload body) {
      throw new AssertionError("nobody calls");
    }

    @Override
    public Answer callBack(URI url, Map<String, List<String>> headers, Payload body) {
      throw new AssertionError("nobody calls back");
    }
  }

  /// A store that takes no status, as on a full disk.
  private record FailingStatus(TestingResources resources) implements Resources {
    @Override
    public KindRegistry kinds() {
      return resources.kinds();
    }

    @Override
    public Optional<KubernetesObject> find(KindDefinition kind, ObjectKey key) {
      return resources.find(kind, key);
    }

    @Override
    public ObjectList list(KindDefinition kind, ListQuery query) {
      return resources.list(kind, query);
    }

    @Override
    public WriteResult create(KindDefinition kind, KubernetesObject object, WriteOptions options) {
      return resources.create(kind, object, options);
    }

    @Override
    public WriteResult update(KindDefinition kind, KubernetesObject object, WriteOptions options) {
      return resources.update(kind, object, options);
    }

    @Override
    public WriteResult patch(
        KindDefinition kind, ObjectKey key, Patch patch, WriteOptions options) {
      throw ApiException.conflict(kind, key.name());
    }

    @Override
    public KubernetesObject delete(KindDefinition kind, ObjectKey key, DeleteOptions options) {
      return resources.delete(kind, key, options);
    }

    @Override
    public ObjectWatch watch(KindDefinition kind, WatchQuery query) {
      return resources.watch(kind, query);
    }
  }
}
