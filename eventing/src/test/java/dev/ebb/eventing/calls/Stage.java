package dev.ebb.eventing.calls;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.eventing.embedded.EmbeddedEventLog;
import dev.ebb.eventing.embedded.EmbeddedLogSettings;
import dev.ebb.eventing.log.EventLog;
import dev.ebb.eventing.log.Payload;
import dev.ebb.eventing.testing.SimulatedFiles;
import dev.ebb.kinds.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/// Asynchronous calls over a log in memory, with functions that answer as a test says, and a clock
/// that stands until it is moved. Deliveries run on the thread of the test.
final class Stage implements AutoCloseable, CallSender, CallTargets {
  /// The function that most tests call.
  static final ObjectKey HELLO = new ObjectKey("openfaas-fn", "hello");

  final Map<ObjectKey, RetryPolicy> functions = new HashMap<>(Map.of(HELLO, RetryPolicy.DEFAULT));

  /// What came, in order: `openfaas-fn/hello POST /path?query x-call-id body`.
  final List<String> requests = new ArrayList<>();

  final List<Map<String, List<String>>> callbackHeaders = new ArrayList<>();

  /// Answers, the first for the next request: `200 text`, `503 refused QueueFull`, `broken`, or
  /// `429 after 30`. Without one all is well.
  final Deque<String> answers = new ArrayDeque<>();

  private final SimulatedFiles files;
  private Instant now = Instant.parse("2026-11-22T00:00:00Z");
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private Optional<EventLog> log = Optional.empty();
  AsyncCalls calls;

  Stage() {
    this(new SimulatedFiles(), CallsConfig.defaults());
  }

  Stage(CallsConfig config) {
    this(new SimulatedFiles(), config);
  }

  private Stage(SimulatedFiles files, CallsConfig config) {
    this.files = files;
    InstantSource clock = () -> now;
    calls =
        new AsyncCalls(
            config,
            this::openLog,
            this,
            this,
            clock,
            new Tasks(),
            /* leftover= */ () -> {},
            /* threads= */ Optional.empty());
  }

  EventLog openLog() {
    EventLog opened =
        new EmbeddedEventLog(
            files,
            EmbeddedLogSettings.defaults().withClock(() -> now),
            new Random(1),
            /* threaded= */ true);
    log = Optional.of(opened);
    return opened;
  }

  EventLog log() {
    return log.orElseThrow();
  }

  /// Of the log's files, up to now.
  long reads() {
    return files.reads();
  }

  /// For how many ids there is room.
  long indexed() {
    return calls.indexed();
  }

  /// What the next process finds after `kill -9`.
  Stage afterKill() {
    Stage next = new Stage(files.afterKill(), CallsConfig.defaults());
    next.now = now;
    next.functions.putAll(functions);
    return next;
  }

  void limitDisk(long bytes) {
    files.limit(bytes);
  }

  void advance(Duration by) {
    now = now.plus(by);
  }

  Instant now() {
    return now;
  }

  /// A call of [#HELLO] with its id as the body.
  static Call call(String id) {
    return call(id, HELLO, "faas-request");
  }

  static Call call(String id, ObjectKey function, String queue) {
    return new Call(
        id,
        queue,
        function,
        "POST",
        "/",
        "",
        Map.of("x-call-id", List.of(id)),
        Optional.empty(),
        0,
        Instant.EPOCH);
  }

  static Call withCallback(Call call, String url, int hops) {
    return new Call(
        call.id(),
        call.queue(),
        call.function(),
        call.method(),
        call.path(),
        call.query(),
        call.headers(),
        Optional.of(URI.create(url)),
        hops,
        call.acceptedAt());
  }

  void accept(Call call) {
    try {
      calls.accept(call, new ByteArrayInputStream(call.id().getBytes(UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Hands out what is ready, without making it.
  int begin() {
    calls.work();
    return tasks.size();
  }

  /// Makes what was handed out, the oldest first.
  void finishOne() {
    tasks.removeFirst().run();
  }

  /// Makes all that is ready now, with all that it leads to.
  Stage run() {
    while (begin() > 0) {
      while (!tasks.isEmpty()) {
        finishOne();
      }
    }
    return this;
  }

  @Override
  public Optional<RetryPolicy> policy(ObjectKey function) {
    return Optional.ofNullable(functions.get(function));
  }

  @Override
  public Answer call(Call call, Payload body) throws IOException {
    String query = call.query().isEmpty() ? "" : "?" + call.query();
    requests.add(
        "%s %s %s%s %s".formatted(call.function(), call.method(), call.path(), query, text(body)));
    return answer();
  }

  @Override
  public Answer callBack(URI url, Map<String, List<String>> headers, Payload body)
      throws IOException {
    if (url.getHost().equals("inside")) {
      throw new CallRefusedException(CallRefusedException.Reason.INVALID, "inside is no address");
    }
    requests.add("callback %s %s".formatted(url, text(body)));
    callbackHeaders.add(headers);
    return answer();
  }

  private static String text(Payload body) throws IOException {
    try (InputStream stream = body.open()) {
      return new String(stream.readAllBytes(), UTF_8);
    }
  }

  private Answer answer() throws IOException {
    String[] words = (answers.isEmpty() ? "200 well" : answers.removeFirst()).split(" ", 3);
    if (words[0].equals("broken")) {
      throw new IOException("connection reset");
    }
    Map<String, List<String>> headers =
        new HashMap<>(Map.of("content-type", List.of("text/plain")));
    Optional<String> refusal = Optional.empty();
    String body = words.length > 1 ? words[1] : "";
    if (body.equals("after")) {
      headers.put("retry-after", List.of(words[2]));
    } else if (body.equals("refused")) {
      refusal = Optional.of(words[2]);
    }
    return new Answer(
        Integer.parseInt(words[0]),
        headers,
        new ByteArrayInputStream(body.getBytes(UTF_8)),
        refusal);
  }

  @Override
  public void close() {
    calls.close();
  }

  private final class Tasks extends AbstractExecutorService {
    private boolean shutdown;

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public void shutdown() {
      shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return shutdown;
    }

    @Override
    public boolean isTerminated() {
      return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
