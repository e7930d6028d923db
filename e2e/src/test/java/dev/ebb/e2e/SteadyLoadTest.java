package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.e2e.SteadyCalls.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Services that are updated at random while clients call them without a pause: no answer of 5xx,
/// never more than `containerConcurrency` requests in an instance, each body whole, shares of
/// traffic as they were asked for.
///
/// Some seconds in the suite, ten minutes with `-Debb.long=true`, or `-Debb.steady.seconds=N`. The
/// seed is printed; `-Debb.steady.seed=N` makes the same updates, though not at the same moments.
class SteadyLoadTest {
  private static final boolean LONG = Boolean.getBoolean("ebb.long");
  private static final Duration LENGTH =
      Duration.ofSeconds(Integer.getInteger("ebb.steady.seconds", LONG ? 600 : 12));
  private static final long SEED =
      Long.getLong("ebb.steady.seed", LONG ? System.nanoTime() : 20261121L);

  private static final int CALLERS = 3;

  /// Around the keep-alives of the instances, which are of two kinds.
  private static final int SHORT_PAUSE_MILLIS = 70;

  private static final int LONG_PAUSE_MILLIS = 900;

  private static final int LONGEST_DELAY_MILLIS = 30;
  private static final int LONGEST_BODY = 60_000;

  /// One of so many clients leaves early.
  private static final int IMPATIENT = 30;

  /// More than the window of six seconds, so that the last instance goes.
  private static final Duration SLEEP = Duration.ofMillis(7500);

  private static final int SAMPLES = 300;

  /// On a machine that is busy with other things it takes longer.
  private static final int LEAST_CALLS = 300;

  private static final int TOLD_UPDATES = 40;

  private static final String API = "/apis/serving.knative.dev/v1/namespaces/default/";

  private enum Update {
    TEMPLATE,
    LATEST,
    SPLIT,
    ROLLOUT,
    AFFINITY,
    DELETE_REVISION,
    DELETE_POD,
    KILL_INSTANCE
  }

  private final Random random = new Random(SEED);
  private final List<String> updates = new ArrayList<>();
  private final Map<Update, Integer> made = new TreeMap<>();
  private final Phaser callers = new Phaser(1);
  private volatile boolean ending;
  private int restarts;

  @BeforeAll
  static void rootOnly() {
    LookAlikes.needRoot();
  }

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void noUpdateOfAServiceIsSeenByItsClients() {
    System.out.println("steady: -Debb.steady.seed=" + SEED);
    try (Platform platform = Platform.start("--port=" + freePort());
        SteadyCalls calls = new SteadyCalls(platform)) {
      LookAlikes.load(
          platform, LookAlikes.image(platform, RandomService.IMAGE, "lookalike", "count"));
      ApiSocket api = new ApiSocket(platform);
      List<RandomService> services =
          List.of(service("plain", false, false), service("over2", true, false));
      RandomService sleeper = service("sleeper", false, true);
      List<RandomService> all = new ArrayList<>(services);
      all.add(sleeper);
      all.forEach(service -> api.post(API + "services", service.json()));
      all.forEach(service -> awaitReady(api, service));
      for (RandomService service : services) {
        for (int caller = 0; caller < CALLERS; caller++) {
          Random own = new Random(random.nextLong());
          start(() -> callWithoutEnd(calls, service, own));
        }
      }
      start(() -> wakeNowAndThen(calls, sleeper));
      try {
        updateAtRandom(platform, api, calls, all);
      } finally {
        ending = true;
        callers.arriveAndAwaitAdvance();
      }
      System.out.printf("steady: %s; %s, %d restarts of the server%n", calls, made, restarts);
      assertThat(calls.failures()).as(this::story).isEmpty();
      all.forEach(service -> awaitReady(api, service));
    }
  }

  private RandomService service(String name, boolean http2, boolean sleeps) {
    return new RandomService(name, http2, sleeps, new Random(random.nextLong()));
  }

  private void start(Runnable caller) {
    callers.register();
    Thread.ofVirtual()
        .start(() -> {
          try {
            caller.run();
          } finally {
            callers.arriveAndDeregister();
          }
        });
  }

  // ---- Clients ----

  private void callWithoutEnd(SteadyCalls calls, RandomService service, Random own) {
    while (!ending) {
      String body = own.nextBoolean() ? "" : "x".repeat(1 + own.nextInt(LONGEST_BODY));
      Duration delay = Duration.ofMillis(own.nextInt(LONGEST_DELAY_MILLIS));
      // The reset of a stream of HTTP/2 ends the exchange, whatever the program does.
      boolean leaves = service.name.equals("plain") && own.nextInt(IMPATIENT) == 0;
      var _ =
          calls.make(
              new Call(
                  service,
                  body,
                  delay,
                  leaves ? Optional.of(delay.plusMillis(1)) : Optional.empty()));
      int pause = own.nextInt(10) == 0 ? LONG_PAUSE_MILLIS : SHORT_PAUSE_MILLIS;
      LockSupport.parkNanos(Duration.ofMillis(own.nextInt(pause)).toNanos());
    }
  }

  /// To zero, and back by many at once.
  private void wakeNowAndThen(SteadyCalls calls, RandomService service) {
    while (!ending) {
      var _ = burst(calls, service, 8, 1);
      for (long end = System.nanoTime() + SLEEP.toNanos(); !ending && System.nanoTime() < end; ) {
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      }
    }
  }

  /// @return how often each Revision answered
  private static Map<String, Integer> burst(
      SteadyCalls calls, RandomService service, int clients, int each) {
    ConcurrentLinkedQueue<String> answers = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int client = 0; client < clients; client++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < each; i++) {
                  calls
                      .make(new Call(service, "b", Duration.ZERO, Optional.empty()))
                      .ifPresent(answers::add);
                }
              }));
    }
    threads.forEach(SteadyLoadTest::join);
    Map<String, Integer> counts = new TreeMap<>();
    answers.forEach(revision -> counts.merge(revision, 1, Integer::sum));
    return counts;
  }

  // ---- Updates ----

  private void updateAtRandom(
      Platform platform, ApiSocket api, SteadyCalls calls, List<RandomService> services) {
    long begin = System.nanoTime();
    long end = begin + LENGTH.toNanos();
    // The server is killed in the middle, and each minute.
    long restart = begin + Math.min(LENGTH.toNanos() / 2, Duration.ofMinutes(1).toNanos());
    while (calls.failures().isEmpty()
        && (System.nanoTime() < end || restarts == 0 || calls.answered() < LEAST_CALLS)) {
      if (System.nanoTime() > restart) {
        note("the server is killed");
        calls.restartServer();
        restarts++;
        restart += Duration.ofMinutes(1).toNanos();
      }
      RandomService service = services.get(random.nextInt(services.size()));
      Update update = Update.values()[random.nextInt(Update.values().length)];
      made.merge(update, 1, Integer::sum);
      update(platform, api, calls, service, update);
      LockSupport.parkNanos(Duration.ofMillis(random.nextInt(400)).toNanos());
    }
  }

  private void update(
      Platform platform, ApiSocket api, SteadyCalls calls, RandomService service, Update update) {
    switch (update) {
      case TEMPLATE -> {
        service.template();
        patch(api, service, update);
      }
      case LATEST -> {
        service.toLatest();
        patch(api, service, update);
      }
      case ROLLOUT -> {
        service.rollout();
        patch(api, service, update);
      }
      case AFFINITY -> {
        service.affinity();
        patch(api, service, update);
      }
      case SPLIT -> {
        List<String> revisions = readyRevisions(api, service);
        if (!revisions.isEmpty()) { // one whose only instance was killed is not ready for a moment
          Map<String, Integer> shares = service.split(revisions);
          patch(api, service, update);
          awaitReady(api, service);
          checkShares(calls, service, shares);
        }
      }
      case DELETE_REVISION ->
          unused(api, service)
              .ifPresent(revision -> {
                note("deletes " + revision);
                api.delete(API + "revisions/" + revision);
              });
      case DELETE_POD ->
          anyPod(api, service)
              .ifPresent(pod -> {
                note("deletes pod " + pod);
                api.delete("/api/v1/namespaces/default/pods/" + pod);
              });
      case KILL_INSTANCE ->
          anyPod(api, service)
              .ifPresent(pod -> {
                note("kills " + pod);
                calls.instanceKilled(pod);
                kill(platform, pod);
              });
    }
  }

  private void patch(ApiSocket api, RandomService service, Update update) {
    note(update + " " + service);
    api.mergePatch(API + "services/" + service.name, service.json());
  }

  /// Five standard deviations of the binomial distribution, and the few more that small shares
  /// need: one check in a million fails by chance.
  private static void checkShares(
      SteadyCalls calls, RandomService service, Map<String, Integer> shares) {
    Map<String, Integer> counts = burst(calls, service, 6, SAMPLES / 6);
    int total = counts.values().stream().mapToInt(Integer::intValue).sum();
    Set<String> revisions = new HashSet<>(counts.keySet());
    revisions.addAll(shares.keySet());
    for (String revision : revisions) {
      double share = shares.getOrDefault(revision, 0) / 100.0;
      double tolerance = share == 0 ? 0 : 5 * Math.sqrt(total * share * (1 - share)) + 4;
      if (Math.abs(counts.getOrDefault(revision, 0) - total * share) > tolerance) {
        calls.tell("shares of %d: %s, for %s".formatted(total, counts, shares));
        return;
      }
    }
  }

  // ---- What is there ----

  private void awaitReady(ApiSocket api, RandomService service) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> {
          JsonNode present = api.get(API + "services/" + service.name);
          assertThat(present.at("/status/observedGeneration").asLong())
              .isEqualTo(present.at("/metadata/generation").asLong());
          // One that takes an hour is not waited for.
          assertThat(condition(present, "Ready"))
              .as(() -> present.path("status") + story())
              .isIn("True", "RolloutInProgress");
        });
  }

  private static String condition(JsonNode object, String type) {
    return StreamSupport.stream(object.at("/status/conditions").spliterator(), false)
        .filter(condition -> condition.path("type").asString().equals(type))
        .map(condition ->
            condition.path("reason").asString("").equals("RolloutInProgress")
                ? "RolloutInProgress"
                : condition.path("status").asString())
        .findFirst()
        .orElse("");
  }

  private static List<JsonNode> items(ApiSocket api, String path, RandomService service) {
    JsonNode list =
        api.get(path + "?labelSelector=serving.knative.dev%2Fservice%3D" + service.name);
    return StreamSupport.stream(list.path("items").spliterator(), false).toList();
  }

  private static List<String> readyRevisions(ApiSocket api, RandomService service) {
    return items(api, API + "revisions", service).stream()
        .filter(revision -> condition(revision, "Ready").equals("True"))
        .map(revision -> revision.at("/metadata/name").asString())
        .sorted()
        .toList();
  }

  /// A Revision that no traffic leads to.
  private Optional<String> unused(ApiSocket api, RandomService service) {
    JsonNode present = api.get(API + "services/" + service.name);
    Set<String> used = new HashSet<>(List.of(service.latest()));
    used.add(present.at("/status/latestReadyRevisionName").asString());
    for (String place : List.of("/spec/traffic", "/status/traffic")) {
      present.at(place).forEach(target -> used.add(target.path("revisionName").asString("")));
    }
    JsonNode route = api.get(API + "routes/" + service.name);
    route.at("/status/traffic").forEach(it -> used.add(it.path("revisionName").asString("")));
    return any(readyRevisions(api, service).stream().filter(name -> !used.contains(name)).toList());
  }

  private Optional<String> anyPod(ApiSocket api, RandomService service) {
    return any(
        items(api, "/api/v1/namespaces/default/pods", service).stream()
            .filter(pod -> condition(pod, "Ready").equals("True"))
            .map(pod -> pod.at("/metadata/name").asString())
            .sorted()
            .toList());
  }

  private <T> Optional<T> any(List<T> choices) {
    return choices.isEmpty()
        ? Optional.empty()
        : Optional.of(choices.get(random.nextInt(choices.size())));
  }

  private static void kill(Platform platform, String pod) {
    try {
      var record = platform.dataDirectory().resolve("pods").resolve(pod + ".json");
      JsonNode containers =
          new JsonMapper().readTree(Files.readAllBytes(record)).path("containers");
      long pid = containers.path(0).path("pid").asLong();
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    } catch (java.nio.file.NoSuchFileException e) {
      // It has ended since.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void note(String update) {
    updates.add(update);
  }

  private String story() {
    List<String> last = updates.subList(Math.max(0, updates.size() - TOLD_UPDATES), updates.size());
    return "-Debb.steady.seed=%d, after %d updates, the last:%n%s"
        .formatted(SEED, updates.size(), String.join("\n", last));
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
