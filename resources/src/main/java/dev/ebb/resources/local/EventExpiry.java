package dev.ebb.resources.local;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.ObjectList;
import dev.ebb.resources.Resources;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/// Deletes Events an hour after they last happened, as the API server of Kubernetes does by default
/// (`--event-ttl`).
public final class EventExpiry implements AutoCloseable {
  private static final Logger LOG = System.getLogger(EventExpiry.class.getName());
  private static final Duration TIME_TO_LIVE = Duration.ofHours(1);

  /// Nobody minds an Event that lives one minute longer.
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  /// As trees they take many times their bytes, and there may be tens of thousands.
  private static final int PAGE = 500;

  private static final List<String> TIMES =
      List.of("/series/lastObservedTime", "/lastTimestamp", "/eventTime");

  private final Resources resources;
  private final InstantSource clock;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  /// When the first Event may be too old.
  private Instant due = Instant.MIN;

  /// Starts at once. To be closed before the store.
  public EventExpiry(Resources resources, InstantSource clock) {
    this.resources = resources;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("event-expiry").start(this::run);
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          sweep();
        } catch (RuntimeException e) {
          LOG.log(Level.WARNING, "could not delete old Events", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Deletes what is too old now. Looks at no Event before the oldest one can be.
  void sweep() {
    Optional<KindDefinition> kind = SystemKinds.event(resources.kinds());
    Instant now = clock.instant();
    if (kind.isEmpty() || now.isBefore(due)) {
      return;
    }
    Instant tooOld = now.minus(TIME_TO_LIVE);
    Instant oldest = now;
    String from = "";
    do {
      ObjectList page = resources.list(kind.get(), new ListQuery("", "", "", PAGE, from, ""));
      for (KubernetesObject event : page.items()) {
        Instant last = lastHappened(event);
        if (last.isBefore(tooOld)) {
          delete(kind.get(), event);
        } else if (last.isBefore(oldest)) {
          oldest = last;
        }
      }
      from = goingOn(page.continueToken());
    } while (!from.isEmpty());
    due = oldest.plus(TIME_TO_LIVE);
  }

  /// In the newest state, for the one of the first page may be compacted meanwhile.
  private static String goingOn(String token) {
    return token.isEmpty()
        ? ""
        : new ContinueToken(ContinueToken.NEWEST, ContinueToken.parse(token).start()).toString();
  }

  private void delete(KindDefinition kind, KubernetesObject event) {
    try {
      resources.delete(
          kind,
          event.key(),
          new DeleteOptions(
              DeleteOptions.Propagation.BACKGROUND,
              Optional.of(event.uid()),
              Optional.of(event.resourceVersion()),
              false));
    } catch (ApiException e) {
      if (!e.isNotFound() && !e.isConflict()) {
        throw e;
      }
      LOG.log(Level.DEBUG, "the Event has happened again, or is gone", e);
    }
  }

  private static Instant lastHappened(KubernetesObject event) {
    Instant last = event.creationTimestamp().orElse(Instant.EPOCH);
    for (String pointer : TIMES) {
      Optional<Instant> time = time(event.json().at(pointer));
      if (time.isPresent() && time.get().isAfter(last)) {
        last = time.get();
      }
    }
    return last;
  }

  private static Optional<Instant> time(JsonNode node) {
    try {
      return node.isString() ? Optional.of(Instant.parse(node.asString())) : Optional.empty();
    } catch (DateTimeParseException e) {
      LOG.log(Level.DEBUG, "an Event has a time that is none", e);
      return Optional.empty();
    }
  }
}
