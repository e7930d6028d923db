package dev.ebb.server;

import dev.ebb.dataplane.RevisionId;
import dev.ebb.gateway.RequestLog;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.kinds.settings.InvalidSettingException;
import dev.ebb.kinds.settings.RequestLogSettings;
import dev.ebb.kinds.settings.SystemSettings;
import dev.ebb.resources.Resources;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// One line per request as `config-observability` wants it (decision 0128), written beside the
/// event loops. When the disk is slower than the requests lines are dropped, and how many is told
/// in the server's log. The settings are looked at once a second.
final class RequestLogger implements RequestLog, AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(RequestLogger.class.getName());

  /// A second of 16,000 requests.
  private static final int CAPACITY = 16 * 1024;

  /// Revisions whose labels are at hand.
  private static final int REMEMBERED = 1000;

  /// The labels of a Revision that tell whose it is.
  ///
  /// @param service empty where there is none
  record Owner(String service, String configuration) {}

  private final Supplier<RequestLogSettings> read;
  private final Function<RevisionId, Owner> owners;
  private final Consumer<String> lines;
  private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(CAPACITY);
  private final AtomicLong dropped = new AtomicLong();
  private final Map<RevisionId, Owner> known =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RevisionId, Owner> eldest) {
          return size() > REMEMBERED;
        }
      };
  private final Thread writer;
  private volatile RequestLogSettings settings;

  /// @param read of the settings of now; called once a second, on a thread that may block
  /// @param owners of Revisions; called on the same thread
  /// @param lines where they go
  RequestLogger(
      Supplier<RequestLogSettings> read,
      Function<RevisionId, Owner> owners,
      Consumer<String> lines) {
    this.read = read;
    this.owners = owners;
    this.lines = lines;
    settings = read.get();
    writer = Thread.ofVirtual().name("ebb-request-log").start(this::write);
  }

  /// Lines in a file, by the settings and the Revisions that are stored.
  static RequestLogger to(Path file, Resources resources) {
    return new RequestLogger(
        () ->
            RequestLogSettings.now(key ->
                resources
                    .find(CoreKinds.CONFIG_MAP, key)
                    .map(SystemSettings::data)
                    .orElseGet(Map::of)),
        id -> {
          Map<String, String> labels =
              resources
                  .find(ServingKinds.REVISION, new ObjectKey(id.namespace(), id.name()))
                  .map(KubernetesObject::labels)
                  .orElseGet(Map::of);
          return new Owner(
              labels.getOrDefault("serving.knative.dev/service", ""),
              labels.getOrDefault("serving.knative.dev/configuration", ""));
        },
        LogbackSetup.lines(file));
  }

  @Override
  public boolean isOn() {
    return settings.enabled();
  }

  @Override
  public void request(Entry entry) {
    if ((settings.probes() || !entry.isProbe()) && !queue.offer(entry)) {
      dropped.incrementAndGet();
    }
  }

  private void write() {
    long next = System.nanoTime();
    try {
      while (true) {
        Entry entry = queue.poll(1, TimeUnit.SECONDS);
        if (entry != null) {
          tell(entry);
        }
        if (System.nanoTime() - next >= 0) {
          settings = read.get();
          next = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(Entry entry) {
    long lost = dropped.getAndSet(0);
    if (lost > 0) {
      LOGGER.log(Level.WARNING, lost + " lines of the request log were dropped");
    }
    try {
      lines.accept(line(settings, entry, known.computeIfAbsent(entry.revision(), owners)));
    } catch (InvalidSettingException e) {
      LOGGER.log(Level.WARNING, "a request is not logged: {0}", e.getMessage());
    }
  }

  static String line(RequestLogSettings settings, RequestLog.Entry entry, Owner owner) {
    return settings.line(
        new RequestLogSettings.Request(
            entry.method(),
            entry.uri(),
            entry.host(),
            entry.protocol(),
            entry.client(),
            entry.contentLength(),
            entry.headers()),
        entry.status(),
        entry.responseBytes(),
        entry.total().toNanos() / 1e9,
        new RequestLogSettings.Revision(
            entry.revision().name(),
            entry.revision().namespace(),
            owner.service(),
            owner.configuration(),
            entry.instance().value(),
            entry.instanceIp()));
  }

  @Override
  public void close() {
    writer.interrupt();
  }
}
