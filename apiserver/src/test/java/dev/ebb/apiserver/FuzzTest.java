package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.store.Change;
import dev.ebb.store.Store;
import dev.ebb.store.Watch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Throws generated requests at a server that listens: none is answered with a 500, none hangs,
/// each refusal is a `Status` that fits and changes nothing, and when all is deleted nothing is
/// left.
///
/// A few thousand in the normal suite, 100,000 with `-Debb.long=true`. The seed is printed;
/// `-Debb.fuzz.seed=N` repeats a run request by request, `-Debb.fuzz.requests=N` says how many.
class FuzzTest {
  private static final boolean LONG = Boolean.getBoolean("ebb.long");
  private static final int REQUESTS =
      Integer.getInteger("ebb.fuzz.requests", LONG ? 100_000 : 8000);

  /// The normal suite always throws the same, so that it fails for its own commit only.
  private static final long SEED =
      Long.getLong("ebb.fuzz.seed", LONG ? System.nanoTime() : 20261121L);

  /// The normal suite is bounded by time too: on a slow machine it throws fewer.
  private static final Duration BOUND = LONG ? Duration.ofMinutes(30) : Duration.ofSeconds(15);

  /// No request may take so long; the watchdog then closes the connection, which the run tells.
  private static final Duration HANG = Duration.ofMinutes(1);

  /// Aggregated roles, ServiceAccounts of new namespaces, conditions of definitions.
  private static final List<String> RECONCILED =
      List.of(
          "/rbac.authorization.k8s.io/clusterroles/",
          "//serviceaccounts/",
          "/apiextensions.k8s.io/customresourcedefinitions/");

  private static final int TOLD_FAILURES = 25;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final Map<Integer, Integer> codes = new TreeMap<>();
  private final Map<String, String> failures = new TreeMap<>();
  private FuzzRequest previous = new FuzzRequest("", "", List.of(), "", 0, /* wellFormed= */ true);
  private int sent;
  private int reconnects;

  @Test
  @Timeout(value = 40, unit = TimeUnit.MINUTES)
  void noRequestBreaksTheServer() throws Exception {
    System.out.println("fuzz: -Debb.fuzz.seed=" + SEED);
    try (TestServer server = new TestServer()) {
      server.resources.createNamespace("fuzz");
      FuzzLeaks leaks = new FuzzLeaks(server);
      throwRequests(server);
      System.out.printf(
          "fuzz: %d requests, %d connections, answers by code: %s%n", sent, reconnects, codes);

      assertThat(failures.values()).isEmpty();
      assertThat(sent).isGreaterThan(100);
      assertThat(codes).containsKeys(200, 201, 400, 404, 409, 422);
      everyKindCanStillBeListed(server);
      leaks.assertNone();
    }
  }

  private void throwRequests(TestServer server) throws IOException, InterruptedException {
    FuzzRequests requests = new FuzzRequests(server.resources.kinds(), SEED);
    Path socket = server.config.socket().orElseThrow();
    long end = System.nanoTime() + BOUND.toNanos();
    FuzzConnection connection = new FuzzConnection(socket);
    try (FuzzWatchdog watchdog = new FuzzWatchdog(HANG)) {
      while (sent < REQUESTS && failures.size() < TOLD_FAILURES && System.nanoTime() < end) {
        FuzzRequest request = requests.next();
        long before = server.resources.store().revision();
        sent++;
        boolean reusable = false;
        watchdog.begin(connection);
        try {
          FuzzConnection.Response response = connection.exchange(request);
          codes.merge(response.code(), 1, Integer::sum);
          List<String> changed = changes(server.resources.store(), before);
          FuzzVerdict.of(request, response, changed).ifPresent(wrong -> failed(request, wrong));
          continueToken(response).ifPresent(requests::offerToken);
          reusable = !response.streamed() && !response.header("connection").equals("close");
        } catch (IOException e) {
          if (request.wellFormed() || watchdog.hasBitten()) {
            failed(request, (watchdog.hasBitten() ? "it hangs: " : "no answer: ") + e.getMessage());
          }
        } finally {
          watchdog.end();
          previous = request;
        }
        if (!reusable) {
          connection.close();
          connection = new FuzzConnection(socket);
          reconnects++;
        }
      }
    } finally {
      connection.close();
    }
  }

  /// The keys that were written after a revision, but for those that the server's own reconcilers
  /// write when they come to it.
  private static List<String> changes(Store store, long after) throws InterruptedException {
    List<String> keys = new ArrayList<>();
    if (store.revision() == after) {
      return keys;
    }
    try (Watch watch = store.watch("", after)) {
      for (Optional<Change> change = watch.next(Duration.ZERO);
          change.isPresent();
          change = watch.next(Duration.ZERO)) {
        keys.add(change.get().key());
      }
    }
    keys.removeIf(key -> RECONCILED.stream().anyMatch(key::startsWith));
    return keys;
  }

  /// One of each sort is enough.
  private void failed(FuzzRequest request, String wrong) {
    String sort = request.method() + " " + wrong.replaceAll("[0-9a-f]{4,}|[0-9]+", "N");
    failures.putIfAbsent(
        sort.substring(0, Math.min(90, sort.length())),
        "request %d of seed %d: %s%n%s%n(after: %s %s)%n"
            .formatted(sent, SEED, wrong, request, previous.method(), previous.target()));
  }

  private static Optional<String> continueToken(FuzzConnection.Response response) {
    String text = response.body();
    if (!text.contains("\"continue\"")) {
      return Optional.empty();
    }
    try {
      JsonNode metadata = MAPPER.readTree(text).path("metadata");
      return Optional.of(metadata.path("continue").asString("")).filter(token -> !token.isEmpty());
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static void everyKindCanStillBeListed(TestServer server) throws Exception {
    for (KindDefinition kind : List.copyOf(server.resources.kinds().all())) {
      String group = kind.group().isEmpty() ? "/api/" : "/apis/" + kind.group() + "/";
      String path = group + kind.type().version() + "/" + kind.plural();
      assertThat(server.send(server.request(path)).statusCode()).as(path).isEqualTo(200);
    }
  }
}
