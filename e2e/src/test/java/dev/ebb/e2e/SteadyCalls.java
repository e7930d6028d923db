package dev.ebb.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// Calls of the clients of [SteadyLoadTest], and what is wrong with their answers. Thread-safe.
///
/// Forgiven is what nobody can hide. The server was killed: connections break. An instance was
/// killed: a request that may not be sent again (RFC 9110, section 9.2.2) has no answer if it was
/// there.
final class SteadyCalls implements AutoCloseable {
  /// More than a start under load takes; an answer that takes longer is a failure.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// So long after its kill an instance may be found gone.
  private static final long AFTERMATH_NANOS = Duration.ofSeconds(2).toNanos();

  private static final int TOLD_FAILURES = 50;

  /// A call as a client makes it.
  ///
  /// @param body empty for a GET, else it is POSTed
  /// @param delay that the instance takes
  /// @param patience after which the client leaves
  record Call(RandomService service, String body, Duration delay, Optional<Duration> patience) {
    boolean isPost() {
      return !body.isEmpty();
    }
  }

  private final Platform platform;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Map<String, Long> kills = new ConcurrentHashMap<>();
  private final LongAdder answered = new LongAdder();
  private final LongAdder left = new LongAdder();
  private final LongAdder withoutServer = new LongAdder();
  private final LongAdder withKilledInstance = new LongAdder();
  private final URI gateway;
  private final AtomicInteger epoch = new AtomicInteger();
  private volatile boolean away;

  SteadyCalls(Platform platform) {
    this.platform = platform;
    this.gateway = URI.create(platform.gateway() + "/");
  }

  /// @return the Revision that answered; empty where none did
  Optional<String> make(Call call) {
    int began = epoch.get();
    long start = System.nanoTime();
    try {
      HttpResponse<String> response = client.send(request(call, began), BodyHandlers.ofString());
      if (response.statusCode() == 200) {
        answered.increment();
        return Optional.of(check(call, response.body()));
      }
      judge(call, start, response.statusCode() + " " + response.body(), response.body());
    } catch (HttpTimeoutException e) {
      if (call.patience().isPresent()) {
        left.increment();
      } else {
        fail(call, start, e.toString());
      }
    } catch (IOException e) {
      if (away || began != epoch.get()) {
        withoutServer.increment();
      } else {
        judge(call, start, e.toString(), "");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return Optional.empty();
  }

  private HttpRequest request(Call call, int began) {
    String path =
        "function/%s?epoch=%d&delay=%dms"
            .formatted(call.service().name, began, call.delay().toMillis());
    HttpRequest.Builder request = HttpRequest.newBuilder(gateway.resolve(path));
    if (call.isPost()) {
      request.POST(BodyPublishers.ofString(call.body()));
    }
    return request.timeout(call.patience().orElse(PATIENCE)).build();
  }

  /// The first line is "REVISION HOSTNAME HIGHEST HTTP/N", the rest what was sent.
  private String check(Call call, String answer) {
    String[] parts = answer.split("\n", 2);
    String[] words = parts[0].split(" ", -1);
    int limit = call.service().limit(words[0]);
    if (limit > 0 && Integer.parseInt(words[2]) > limit) {
      tell("%s had %s requests at once, of %d".formatted(words[1], words[2], limit));
    }
    if (!parts[1].equals(call.body())) {
      tell(
          "%s answered with %d bytes instead of %d"
              .formatted(words[1], parts[1].getBytes(UTF_8).length, call.body().length()));
    }
    return words[0];
  }

  private void judge(Call call, long start, String what, String error) {
    boolean killed =
        kills.entrySet().stream()
            .anyMatch(kill ->
                kill.getValue() + AFTERMATH_NANOS > start
                    && (error.isEmpty() || error.contains("instance " + kill.getKey() + " ")));
    if (killed && call.isPost()) {
      withKilledInstance.increment();
    } else {
      fail(call, start, what);
    }
  }

  private void fail(Call call, long start, String what) {
    tell(
        "%s of %s after %d ms: %s"
            .formatted(
                call.isPost() ? "POST" : "GET",
                call.service().name,
                Duration.ofNanos(System.nanoTime() - start).toMillis(),
                what));
  }

  void tell(String failure) {
    if (failures.size() < TOLD_FAILURES) {
      failures.add("epoch %d: %s".formatted(epoch.get(), failure));
    }
  }

  void instanceKilled(String pod) {
    kills.put(pod, System.nanoTime());
  }

  /// What runs in instances for a server that is gone counts no more: its successor cannot know of
  /// it.
  void restartServer() {
    away = true;
    platform.kill();
    platform.startAgain();
    epoch.incrementAndGet();
    away = false;
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  long answered() {
    return answered.sum();
  }

  @Override
  public String toString() {
    return "%d answered, %d left by their clients, %d broken with an instance, %d with the server"
        .formatted(answered.sum(), left.sum(), withKilledInstance.sum(), withoutServer.sum());
  }

  @Override
  public void close() {
    client.close();
  }
}
