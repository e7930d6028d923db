package dev.ebb.resources.local;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ObjectWatch;
import dev.ebb.resources.WatchEvent;
import dev.ebb.store.Change;
import dev.ebb.store.CompactedException;
import dev.ebb.store.Watch;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A watch of one kind: first the events made up from a listing, then the changes of the store. For
/// one reading thread; closed by any.
final class LocalWatch implements ObjectWatch {
  private final KindDefinition kind;
  private final Queue<WatchEvent> initial;
  private final Watch changes;
  private final Selection selection;
  private final ObjectCodec codec;

  LocalWatch(
      KindDefinition kind,
      Queue<WatchEvent> initial,
      Watch changes,
      Selection selection,
      ObjectCodec codec) {
    this.kind = kind;
    this.initial = new ArrayDeque<>(initial);
    this.changes = changes;
    this.selection = selection;
    this.codec = codec;
  }

  @Override
  public Optional<WatchEvent> next(Duration timeout) throws InterruptedException {
    WatchEvent first = initial.poll();
    if (first != null) {
      return Optional.of(first);
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    Duration left = timeout;
    while (true) {
      Optional<Change> change;
      try {
        change = changes.next(left);
      } catch (CompactedException e) {
        throw ApiException.expired("too old resource version: " + e.getMessage());
      }
      if (change.isEmpty()) {
        return Optional.empty();
      }
      Optional<WatchEvent> event = event(change.get());
      if (event.isPresent()) {
        return event;
      }
      left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }
  }

  /// An object that begins to match is ADDED, one that ceases to is DELETED in its last matching
  /// state, with the revision at which that happened.
  private Optional<WatchEvent> event(Change change) {
    return switch (change) {
      case Change.Put put -> {
        KubernetesObject now = codec.decode(kind, put.entry());
        if (selection.isEverything()) {
          WatchEvent.Type type =
              put.previous().isEmpty() ? WatchEvent.Type.ADDED : WatchEvent.Type.MODIFIED;
          yield Optional.of(new WatchEvent(type, now));
        }
        Optional<KubernetesObject> before =
            put.previous().map(entry -> codec.decode(kind, entry)).filter(selection);
        if (selection.test(now)) {
          yield Optional.of(
              new WatchEvent(
                  before.isPresent() ? WatchEvent.Type.MODIFIED : WatchEvent.Type.ADDED, now));
        }
        yield before.map(last ->
            new WatchEvent(WatchEvent.Type.DELETED, ObjectCodec.at(last, change.revision())));
      }
      case Change.Deleted deleted ->
          Optional.of(codec.decode(kind, deleted.previous()))
              .filter(selection)
              .map(last ->
                  new WatchEvent(WatchEvent.Type.DELETED, ObjectCodec.at(last, change.revision())));
    };
  }

  @Override
  public String progress() {
    return initial.isEmpty() ? Long.toString(changes.progress()) : "";
  }

  @Override
  public void close() {
    changes.close();
  }

  /// The bookmark after the objects that were there first (KEP 3157, watch-list).
  static WatchEvent initialEventsEnd(GroupVersionKind type, String resourceVersion) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("apiVersion", type.apiVersion()).put("kind", type.kind());
    ObjectNode metadata = json.putObject("metadata");
    metadata.put("resourceVersion", resourceVersion);
    metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
    return new WatchEvent(WatchEvent.Type.BOOKMARK, new KubernetesObject(json));
  }
}
