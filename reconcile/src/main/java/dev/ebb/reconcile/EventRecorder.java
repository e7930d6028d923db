package dev.ebb.reconcile;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WriteOptions;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// Writes Events about objects, later and in a thread of its own. The same news about the same
/// object is one Event that counts, and is written once a second at most.
///
/// Normal news are the same word for word. Of Warnings only the reason counts, and the newest
/// message is shown: they quote output, which has times and numbers in it, and a crash loop would
/// fill the store with sentences that differ in nothing else.
///
/// Thread-safe. Nothing is written before [#start].
public final class EventRecorder implements AutoCloseable {
  private static final Logger LOG = System.getLogger(EventRecorder.class.getName());

  /// A crash loop makes few per second; more than so many unwritten ones mean that the store is
  /// stuck, and then news of the past are the first thing to give up.
  private static final int MAX_PENDING = 4096;

  private static final String FIELD_MANAGER = "ebb-controllers";
  private static final String WARNING = "Warning";
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private record News(
      KubernetesObject about, String type, String reason, String message, int count) {}

  private final Resources resources;
  private final Function<KubernetesObject, String> component;
  private final InstantSource clock;
  private final Map<ObjectKey, News> pending = new ConcurrentHashMap<>();

  /// Those that are queued or were written less than the interval ago.
  private final Set<ObjectKey> scheduled = ConcurrentHashMap.newKeySet();

  private final Controller writer;

  /// @param component who tells of an object: `ebb-controllers`
  public EventRecorder(
      Resources resources, Function<KubernetesObject, String> component, InstantSource clock) {
    this(resources, component, clock, new WorkQueue());
  }

  /// @param queue whose clock says when a second is over; for tests
  public EventRecorder(
      Resources resources,
      Function<KubernetesObject, String> component,
      InstantSource clock,
      WorkQueue queue) {
    this.resources = resources;
    this.component = component;
    this.clock = clock;
    this.writer = new Controller("event", queue, this::write, 1);
  }

  /// Writes what is due, in the caller's thread.
  public boolean runOnce() {
    return writer.runOnce();
  }

  public void start() {
    writer.start();
  }

  public void normal(KubernetesObject about, String reason, String message) {
    record(new News(about, "Normal", reason, message, 1));
  }

  public void warning(KubernetesObject about, String reason, String message) {
    record(new News(about, WARNING, reason, message, 1));
  }

  @Override
  public void close() {
    writer.close();
  }

  private void record(News news) {
    if (pending.size() >= MAX_PENDING) {
      LOG.log(Level.WARNING, "event dropped: {0} {1}", news.about().key(), news.message());
      return;
    }
    // The same news have the same name, also after a restart of the server.
    String content =
        String.join(
            "\n",
            news.about().uid(),
            news.type(),
            news.reason(),
            news.type().equals(WARNING) ? "" : news.message());
    String hash = UUID.nameUUIDFromBytes(content.getBytes(UTF_8)).toString().substring(0, 18);
    ObjectKey key =
        new ObjectKey(news.about().namespace(), news.about().name() + "." + hash.replace("-", ""));
    pending.merge(
        key,
        news,
        (one, newest) ->
            new News(one.about(), one.type(), one.reason(), newest.message(), one.count() + 1));
    schedule(key);
  }

  private void schedule(ObjectKey key) {
    if (pending.containsKey(key) && scheduled.add(key)) {
      writer.enqueue(key);
    }
  }

  private Result write(ObjectKey key) {
    News news = pending.remove(key);
    if (news == null) {
      scheduled.remove(key);
      schedule(key); // for news that came between these lines
      return Result.done();
    }
    write(key, news);
    return Result.requeueAfter(INTERVAL);
  }

  private void write(ObjectKey key, News news) {
    String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    WriteOptions options = WriteOptions.by(FIELD_MANAGER);
    Optional<KubernetesObject> present = resources.find(CoreKinds.EVENT, key);
    try {
      if (present.isPresent()) {
        KubernetesObject more =
            present
                .get()
                .with(json ->
                    json.put("count", json.path("count").asInt(1) + news.count())
                        .put("message", news.message())
                        .put("lastTimestamp", now));
        resources.update(CoreKinds.EVENT, more, options);
      } else {
        resources.create(CoreKinds.EVENT, event(key, news, now), options);
      }
    } catch (ApiException refused) {
      // Its namespace may be going; an Event is not worth another attempt.
      LOG.log(Level.DEBUG, () -> "event " + key + " not written: " + refused.getMessage());
    }
  }

  private KubernetesObject event(ObjectKey key, News news, String now) {
    return KubernetesObject.of(CoreKinds.EVENT.type(), key)
        .with(json -> {
          String teller = component.apply(news.about());
          ObjectNode about = json.putObject("involvedObject");
          about.put("apiVersion", news.about().groupVersionKind().apiVersion());
          about.put("kind", news.about().groupVersionKind().kind());
          about.put("namespace", news.about().namespace()).put("name", news.about().name());
          if (!news.about().uid().isEmpty()) {
            about.put("uid", news.about().uid());
          }
          json.put("type", news.type()).put("reason", news.reason());
          json.put("message", news.message()).put("count", news.count());
          json.put("firstTimestamp", now).put("lastTimestamp", now);
          json.putObject("source").put("component", teller);
          json.put("reportingComponent", teller);
          json.put("reportingInstance", "");
        });
  }
}
