package dev.ebb.reconcile;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.ObjectList;
import dev.ebb.resources.ObjectWatch;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WatchEvent;
import dev.ebb.resources.WatchQuery;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A local copy of all objects of one kind, kept up to date by list and watch, and the news of its
/// changes.
///
/// A watch that breaks goes on from the last resource version that was seen. One that is too old
/// (410) leads to a new list; what differs from the copy is then told as changes, so a listener
/// cannot tell the two ways apart. Reads never block and are at most some microseconds behind the
/// store.
///
/// Thread-safe. Listeners and indexes are added before [#start]; listeners are called in order, one
/// at a time, after the cache has the change, and must be quick.
public final class Informer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Informer.class.getName());

  /// How often an idle watch looks whether it should go on; nothing waits for it.
  private static final Duration POLL = Duration.ofSeconds(10);

  /// A listener takes microseconds; one that is still running after 5 s hangs.
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final Resources resources;
  private final KindDefinition kind;
  private final Backoff backoff;
  private final Map<ObjectKey, KubernetesObject> cache = new ConcurrentHashMap<>();
  private final List<Index> indexes = new ArrayList<>();
  private final List<Consumer<ObjectChange>> listeners = new ArrayList<>();
  private final CountDownLatch synced = new CountDownLatch(1);
  private volatile boolean closed;
  private @Nullable Thread thread;

  public Informer(Resources resources, KindDefinition kind) {
    this(resources, kind, Backoff.DEFAULT);
  }

  Informer(Resources resources, KindDefinition kind, Backoff backoff) {
    this.resources = resources;
    this.kind = kind;
    this.backoff = backoff;
  }

  public KindDefinition kind() {
    return kind;
  }

  public Index index(Function<KubernetesObject, ? extends Collection<String>> values) {
    Index index = new Index(values, cache);
    indexes.add(index);
    return index;
  }

  public Index indexByOwner() {
    return index(
        object -> object.ownerReferences().stream().map(owner -> owner.uid().intern()).toList());
  }

  public Index indexByLabel(String label) {
    return index(object -> Optional.ofNullable(object.labels().get(label)).stream().toList());
  }

  public void onChange(Consumer<ObjectChange> listener) {
    listeners.add(listener);
  }

  public Optional<KubernetesObject> get(ObjectKey key) {
    return Optional.ofNullable(cache.get(key));
  }

  public List<KubernetesObject> all() {
    return List.copyOf(cache.values());
  }

  public synchronized void start() {
    thread = Thread.ofVirtual().name("informer-" + kind.qualifiedPlural()).start(this::run);
  }

  /// Waits until the cache has what was there at the start.
  public void awaitSync() throws InterruptedException {
    synced.await();
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (thread == null) {
      return;
    }
    thread.interrupt();
    try {
      if (!thread.join(CLOSE_TIMEOUT)) {
        LOG.log(Level.WARNING, "{0} does not end", thread.getName());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    int failures = 0;
    String version = "";
    while (!closed) {
      try {
        if (version.isEmpty()) {
          version = relist();
          synced.countDown();
        }
        version = follow(version);
        failures = 0;
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return;
      } catch (LostWatchException lost) {
        // Only a watch that brought nothing counts as one more failure in a row.
        failures = lost.version.equals(version) ? failures + 1 : 1;
        version = lost.version;
        if (!pause(failures, lost.reason)) {
          return;
        }
      } catch (RuntimeException failure) {
        failures++;
        if (!pause(failures, failure)) {
          return;
        }
      }
    }
  }

  /// Waits before the next attempt; the time of a first failure is too short for a log line.
  private boolean pause(int failures, RuntimeException reason) {
    Level level = failures == 1 ? Level.DEBUG : Level.WARNING;
    LOG.log(level, () -> "watch of " + kind.qualifiedPlural() + " is lost, trying again", reason);
    try {
      Thread.sleep(backoff.delay(failures));
      return !closed;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private String relist() {
    ObjectList list = resources.list(kind, ListQuery.all());
    Set<ObjectKey> present = new HashSet<>();
    for (KubernetesObject object : list.items()) {
      present.add(object.key());
      put(object);
    }
    for (KubernetesObject object : all()) {
      if (!present.contains(object.key())) {
        remove(object);
      }
    }
    return list.resourceVersion();
  }

  /// @return the empty string when a new list is needed
  private String follow(String from) throws InterruptedException {
    String version = from;
    try (ObjectWatch watch = resources.watch(kind, new WatchQuery("", "", "", from, false))) {
      while (!closed) {
        Optional<WatchEvent> event = watch.next(POLL);
        event.ifPresent(this::apply);
        version = watch.progress();
      }
      return version;
    } catch (ApiException refused) {
      if (refused.status().code() == 410) {
        return "";
      }
      throw new LostWatchException(version, refused);
    } catch (RuntimeException failure) {
      throw new LostWatchException(version, failure);
    }
  }

  private void apply(WatchEvent event) {
    switch (event.type()) {
      case ADDED, MODIFIED -> put(event.object());
      case DELETED -> remove(event.object());
      case BOOKMARK -> {}
    }
  }

  private void put(KubernetesObject object) {
    ObjectKey key = object.key();
    KubernetesObject previous = cache.get(key);
    if (previous != null && previous.resourceVersion().equals(object.resourceVersion())) {
      return;
    }
    if (previous != null && !previous.uid().equals(object.uid())) {
      // Deleted and made again while nobody watched: its listeners must see both.
      remove(previous);
      previous = null;
    }
    cache.put(key, object);
    ObjectChange change = new ObjectChange(object, Optional.ofNullable(previous), false);
    indexes.forEach(index -> index.change(key, change.previous(), Optional.of(object)));
    tell(change);
  }

  private void remove(KubernetesObject object) {
    ObjectKey key = object.key();
    KubernetesObject previous = cache.remove(key);
    if (previous == null) {
      return;
    }
    ObjectChange change = new ObjectChange(object, Optional.of(previous), true);
    indexes.forEach(index -> index.change(key, change.previous(), Optional.empty()));
    tell(change);
  }

  private void tell(ObjectChange change) {
    for (Consumer<ObjectChange> listener : listeners) {
      try {
        listener.accept(change);
      } catch (RuntimeException failure) {
        LOG.log(Level.ERROR, () -> "listener of " + kind.qualifiedPlural() + " failed", failure);
      }
    }
  }

  private static final class LostWatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String version;
    private final RuntimeException reason;

    LostWatchException(String version, RuntimeException reason) {
      super(reason);
      this.version = version;
      this.reason = reason;
    }
  }
}
