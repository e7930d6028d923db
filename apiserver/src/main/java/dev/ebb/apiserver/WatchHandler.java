package dev.ebb.apiserver;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import dev.ebb.resources.ObjectWatch;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WatchEvent;
import dev.ebb.resources.WatchQuery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Streams changes, one JSON document in a line, or in a message of a WebSocket, until the time is
/// over, the client has gone or the server closes.
///
/// @see <a
///   href="https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes">Efficient
///   detection of changes</a>
final class WatchHandler {
  /// Kubernetes's own bounds: a watch without `timeoutSeconds` lasts 30 to 60 minutes, at random,
  /// so that many clients do not come back at the same moment.
  private static final Duration SHORTEST = Duration.ofMinutes(30);

  /// What a client may ask for beyond that; later arithmetic must not overflow.
  private static final Duration LONGEST = Duration.ofDays(365);

  /// Kubernetes sends a bookmark about once a minute, so that a client that saw no change for a
  /// long time can still go on from a recent version.
  private static final Duration BOOKMARK_PERIOD = Duration.ofMinutes(1);

  private final Resources resources;
  private final LongSupplier nanoTime;

  WatchHandler(Resources resources, LongSupplier nanoTime) {
    this.resources = resources;
    this.nanoTime = nanoTime;
  }

  void watch(Exchange exchange, KindDefinition kind, WatchQuery query, Renderer renderer)
      throws IOException {
    // A body means nothing here, but behind an unread one nobody would see the client go.
    exchange.body();
    boolean bookmarks = RequestOptions.flag(exchange, "allowWatchBookmarks");
    long deadline = nanoTime.getAsLong() + lifetime(exchange).toNanos();
    InterruptibleWait wait = new InterruptibleWait();
    ObjectWatch watch;
    try {
      watch = resources.watch(kind, query);
    } catch (ApiException e) {
      if (e.status().code() != 410) {
        throw e;
      }
      // A client that watches reads events; a refusal before the stream would be retried blindly.
      ApiStatus status = e.status();
      serve(
          exchange,
          renderer,
          wait,
          output -> write(output, "ERROR", StatusDocument.failure(status)));
      return;
    }
    try (watch) {
      serve(
          exchange,
          renderer,
          wait,
          output -> new Session(watch, output, renderer, wait, kind, bookmarks, deadline).run());
    }
  }

  private static void serve(
      Exchange exchange, Renderer renderer, InterruptibleWait wait, Consumer<WatchOutput> events)
      throws IOException {
    if (WatchSocket.isRequested(exchange)) {
      WatchSocket.serve(exchange, wait, events);
      return;
    }
    try (ResponseStream stream = exchange.stream(200, contentType(renderer), wait::end)) {
      events.accept(json -> {
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        stream.write(line);
      });
    }
  }

  private static Duration lifetime(Exchange exchange) {
    long seconds = RequestOptions.number(exchange, "timeoutSeconds").orElse(0L);
    return seconds > 0
        ? Duration.ofSeconds(Math.min(seconds, LONGEST.toSeconds()))
        : SHORTEST.plusMillis(ThreadLocalRandom.current().nextLong(SHORTEST.toMillis()));
  }

  private static String contentType(Renderer renderer) {
    return renderer.representation().form() == Representation.Form.JSON
        ? "application/json"
        : "application/json;stream=watch";
  }

  private static void write(WatchOutput output, String type, ObjectNode object) {
    ObjectNode event = JsonNodeFactory.instance.objectNode().put("type", type);
    event.set("object", object);
    try {
      output.write(JsonText.write(event, /* pretty= */ false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Session {
    private final ObjectWatch watch;
    private final WatchOutput output;
    private final Renderer renderer;
    private final InterruptibleWait wait;
    private final KindDefinition kind;
    private final boolean bookmarks;
    private final long deadline;
    private long nextBookmark;
    private boolean first = true;

    Session(
        ObjectWatch watch,
        WatchOutput output,
        Renderer renderer,
        InterruptibleWait wait,
        KindDefinition kind,
        boolean bookmarks,
        long deadline) {
      this.watch = watch;
      this.output = output;
      this.renderer = renderer;
      this.wait = wait;
      this.kind = kind;
      this.bookmarks = bookmarks;
      this.deadline = deadline;
      this.nextBookmark = nanoTime.getAsLong() + BOOKMARK_PERIOD.toNanos();
    }

    void run() {
      while (!wait.ended()) {
        long now = nanoTime.getAsLong();
        if (deadline - now <= 0) {
          if (bookmarks) {
            bookmark(); // so that the client's next watch begins here and not where it last saw a
            // change
          }
          return;
        }
        if (bookmarks && nextBookmark - now <= 0) {
          bookmark();
          nextBookmark = now + BOOKMARK_PERIOD.toNanos();
        }
        long until = bookmarks ? Math.min(deadline - now, nextBookmark - now) : deadline - now;
        try {
          wait.call(() -> watch.next(Duration.ofNanos(until))).ifPresent(this::send);
        } catch (ApiException e) {
          write(output, "ERROR", StatusDocument.failure(e.status()));
          return;
        }
      }
    }

    private void send(WatchEvent event) {
      if (event.type() == WatchEvent.Type.BOOKMARK && !bookmarks) {
        return;
      }
      write(output, event.type().name(), renderer.event(event.object(), first));
      first = false;
    }

    private void bookmark() {
      if (watch.progress().isEmpty()) {
        return;
      }
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      object.put("kind", kind.type().kind()).put("apiVersion", kind.type().apiVersion());
      object
          .putObject("metadata")
          .put("resourceVersion", watch.progress())
          .putNull("creationTimestamp");
      send(new WatchEvent(WatchEvent.Type.BOOKMARK, new KubernetesObject(object)));
    }
  }
}
