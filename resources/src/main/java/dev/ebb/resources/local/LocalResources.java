package dev.ebb.resources.local;

import dev.ebb.kinds.CustomTraits;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.settings.SystemSettings;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.JsonEquality;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.ObjectList;
import dev.ebb.resources.ObjectWatch;
import dev.ebb.resources.Patch;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WatchEvent;
import dev.ebb.resources.WatchQuery;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteOptions.Subresource;
import dev.ebb.resources.WriteResult;
import dev.ebb.resources.local.Admission.Operation;
import dev.ebb.store.CompactedException;
import dev.ebb.store.ConflictException;
import dev.ebb.store.Entry;
import dev.ebb.store.Page;
import dev.ebb.store.Store;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The Kubernetes API over a store in this process.
///
/// A write reads the present state, computes the next one from it and stores that on the condition
/// that the state is still the same; whoever loses such a race computes again from the new state.
/// So there is no lock around an object, and nothing is written that was not checked against what
/// it replaces.
public final class LocalResources implements Resources {
  /// Each lost race means that another write won it, so a loser comes to its turn long before this.
  private static final int MAX_ATTEMPTS = 1000;

  /// As the API server of Kubernetes: with 27^5 suffixes a ninth collision is no accident.
  private static final int MAX_GENERATED_NAMES = 8;

  private final Store store;
  private final StoreWrites writes;
  private final KindRegistry kinds;
  private final Admission admission;
  private final PodAccounts accounts = new PodAccounts(this);
  private final ObjectCodec codec;
  private final Lister lister;
  private volatile Consumer<String> definitions = name -> {};

  /// Creations share it; marking a namespace as terminating excludes them, so that nothing is
  /// created in a namespace after it was seen empty.
  private final ReadWriteLock namespaces = new ReentrantReadWriteLock();

  /// Does not own the store.
  public LocalResources(Store store, KindRegistry kinds, InstantSource clock, IdSource ids) {
    this.store = store;
    this.writes = new StoreWrites(store);
    this.kinds = kinds;
    this.admission = new Admission(clock, ids, this::configData);
    this.codec = new ObjectCodec(store, new Versions(kinds));
    this.lister = new Lister(store, codec);
  }

  /// The next write is under what the last one set: no watch is in between.
  private Map<String, String> configData(ObjectKey key) {
    return SystemKinds.configMap(kinds)
        .flatMap(kind -> find(kind, key))
        .map(SystemSettings::data)
        .orElseGet(Map::of);
  }

  /// For the components that follow everything.
  Store store() {
    return store;
  }

  /// Who is told the name of each CustomResourceDefinition that was written, before the writer is.
  void onDefinition(Consumer<String> observer) {
    definitions = observer;
  }

  String now() {
    return admission.now();
  }

  ObjectCodec codec() {
    return codec;
  }

  /// The kind of what lies under a key of the store, in its stored version.
  Optional<KindDefinition> kindAt(String key) {
    return new Versions(kinds).kindAt(key);
  }

  @Override
  public KindRegistry kinds() {
    return kinds;
  }

  @Override
  public Optional<KubernetesObject> find(KindDefinition kind, ObjectKey key) {
    return codec.read(kind, StoreKeys.of(kind, key));
  }

  @Override
  public ObjectList list(KindDefinition kind, ListQuery query) {
    return lister.list(kind, query);
  }

  @Override
  public WriteResult create(KindDefinition kind, KubernetesObject object, WriteOptions options) {
    if (!object.resourceVersion().isEmpty()) {
      throw ApiException.badRequest("resourceVersion should not be set on objects to be created");
    }
    return create(kind, object, options, Operation.UPDATE);
  }

  private WriteResult create(
      KindDefinition kind, KubernetesObject object, WriteOptions options, Operation operation) {
    Requests.requireType(kind.type(), object);
    Requests.requireScope(kind, object);
    namespaces.readLock().lock();
    try {
      requireServed(kind, object);
      requireActiveNamespace(kind, object);
      int attempts = object.name().isEmpty() ? MAX_GENERATED_NAMES : 1;
      for (int attempt = 1; attempt < attempts; attempt++) {
        try {
          return createOnce(kind, object, options, operation);
        } catch (ApiException e) {
          if (!e.isAlreadyExists()) {
            throw e;
          }
        }
      }
      return createOnce(kind, object, options, operation);
    } catch (ApiException e) {
      throw e.isAlreadyExists() && object.name().isEmpty()
          ? ApiException.noNameLeft(kind, e.status().name())
          : e;
    } finally {
      namespaces.readLock().unlock();
    }
  }

  private WriteResult createOnce(
      KindDefinition kind, KubernetesObject object, WriteOptions options, Operation operation) {
    Admission.Admitted admitted = admission.create(kind, object, options, operation);
    KubernetesObject next = new KubernetesObject(admitted.json());
    options.check().check(kind, Optional.empty(), next);
    accounts.require(kind, next, options);
    String path = StoreKeys.of(kind, next.key());
    byte[] bytes = codec.encode(kind, next.json(), Optional.empty());
    if (options.dryRun()) {
      if (store.get(path).isPresent()) {
        throw ApiException.alreadyExists(kind, next.name());
      }
      return new WriteResult(next, admitted.warnings(), true);
    }
    try {
      Entry entry = writes.create(kind, next.name(), path, bytes, options.ephemeral());
      return new WriteResult(written(kind, entry), admitted.warnings(), true);
    } catch (ConflictException e) {
      throw ApiException.alreadyExists(kind, next.name());
    }
  }

  private KubernetesObject written(KindDefinition kind, Entry entry) {
    KubernetesObject object = codec.decode(kind, entry);
    definitionWritten(kind, object.name());
    return object;
  }

  private void definitionWritten(KindDefinition kind, String name) {
    if (SystemKinds.isDefinition(kind)) {
      definitions.accept(name);
    }
  }

  /// A user's kind may have gone since the request began, or be about to.
  private void requireServed(KindDefinition kind, KubernetesObject object) {
    if (!kind.isCustom()) {
      return;
    }
    Optional<CustomTraits> traits =
        kinds.stored(kind.group(), kind.plural()).flatMap(KindDefinition::custom);
    if (traits.isEmpty()) {
      throw ApiException.notServed(kind);
    }
    if (traits.get().terminating()) {
      throw ApiException.forbidden(
          kind,
          object.name(),
          "create not allowed while custom resource definition is terminating");
    }
  }

  private void requireActiveNamespace(KindDefinition kind, KubernetesObject object) {
    Optional<KindDefinition> namespaceKind = SystemKinds.namespace(kinds);
    if (!kind.namespaced() || namespaceKind.isEmpty()) {
      return;
    }
    ObjectKey key = ObjectKey.clusterScoped(object.namespace());
    if (NamespaceState.isTerminating(get(namespaceKind.get(), key))) {
      throw ApiException.forbidden(
          kind,
          object.name(),
          "unable to create new content in namespace %s because it is being terminated"
              .formatted(object.namespace()));
    }
  }

  @Override
  public WriteResult update(KindDefinition kind, KubernetesObject object, WriteOptions options) {
    return write(kind, object.key(), options, Operation.UPDATE, current -> object);
  }

  @Override
  public WriteResult patch(KindDefinition kind, ObjectKey key, Patch patch, WriteOptions options) {
    if (patch.type() == Patch.Type.APPLY) {
      return apply(kind, key, patch, options);
    }
    boolean scale = options.subresource() == Subresource.SCALE;
    return write(
        kind,
        key,
        options,
        Operation.PATCH,
        current -> Patches.apply(kind, scale ? Scale.view(kind, current) : current, patch));
  }

  /// An apply creates what is missing; between the look and the write it may come or go.
  private WriteResult apply(KindDefinition kind, ObjectKey key, Patch patch, WriteOptions options) {
    ObjectNode configuration = ServerSideApply.configuration(kind, key, patch, options);
    if (options.subresource() == Subresource.NONE && find(kind, key).isEmpty()) {
      KubernetesObject first =
          ServerSideApply.merge(kind, Optional.empty(), configuration, options, admission.now());
      Requests.requireKey(key, first);
      try {
        return create(kind, first, options, Operation.APPLY);
      } catch (ApiException e) {
        if (!e.isAlreadyExists()) {
          throw e;
        }
      }
    }
    return write(
        kind,
        key,
        options,
        Operation.APPLY,
        current ->
            options.subresource() == Subresource.SCALE
                ? ServerSideApply.mergeScale(kind, current, configuration, options, admission.now())
                : ServerSideApply.merge(
                    kind, Optional.of(current), configuration, options, admission.now()));
  }

  private WriteResult write(
      KindDefinition kind,
      ObjectKey key,
      WriteOptions options,
      Operation operation,
      UnaryOperator<KubernetesObject> change) {
    Requests.requireSubresource(kind, options.subresource());
    boolean scale = options.subresource() == Subresource.SCALE;
    GroupVersionKind type = scale ? Scale.TYPE : kind.type();
    return attempt(
        kind,
        key,
        entry -> {
          KubernetesObject current = codec.decode(kind, entry);
          KubernetesObject incoming = change.apply(current);
          Requests.requireType(type, incoming);
          Requests.requireSameObject(kind, current, incoming);
          Admission.Admitted admitted =
              admission.update(kind, current, incoming, options, operation);
          options.check().check(kind, Optional.of(current), new KubernetesObject(admitted.json()));
          KubernetesObject written =
              replace(kind, entry, current, admitted.json(), options.dryRun(), options.ephemeral());
          return new WriteResult(scale ? Scale.view(kind, written) : written, admitted.warnings());
        });
  }

  @Override
  public KubernetesObject delete(KindDefinition kind, ObjectKey key, DeleteOptions options) {
    NamespaceState.requireMortal(kind, key);
    return attempt(
        kind,
        key,
        entry -> {
          KubernetesObject current = codec.decode(kind, entry);
          Requests.requirePreconditions(kind, current, options);
          List<String> finalizers =
              DefinitionState.finalizers(
                  kind, current, GarbageFinalizers.with(current, options.propagation()));
          boolean marked = current.deletionTimestamp().isPresent();
          boolean shorter =
              SystemKinds.isPod(kind)
                  && PodDeletion.isShorter(current, options.gracePeriodSeconds());
          if (marked && !shorter && finalizers.equals(current.finalizers())) {
            return current;
          }
          return replace(
              kind,
              entry,
              current,
              admission.markDeleted(kind, current, finalizers, options.gracePeriodSeconds()),
              options.dryRun(),
              options.ephemeral());
        });
  }

  /// One try of a write, from the state that it replaces.
  private interface Attempt<T> {
    T from(Entry entry);
  }

  private <T> T attempt(KindDefinition kind, ObjectKey key, Attempt<T> attempt) {
    String path = StoreKeys.of(kind, key);
    @Nullable ConflictException lost = null;
    for (int i = 0; i < MAX_ATTEMPTS; i++) {
      Entry entry = store.get(path).orElseThrow(() -> ApiException.notFound(kind, key.name()));
      try {
        return attempt.from(entry);
      } catch (ConflictException e) {
        lost = e; // somebody else was faster; the next attempt starts from what they wrote
      }
    }
    ApiException conflict = ApiException.conflict(kind, key.name());
    conflict.initCause(lost);
    throw conflict;
  }

  /// Stores the next state: nothing for an equal one, a deletion when nothing holds the object any
  /// more.
  private KubernetesObject replace(
      KindDefinition kind,
      Entry entry,
      KubernetesObject current,
      ObjectNode json,
      boolean dryRun,
      boolean ephemeral) {
    KubernetesObject next = new KubernetesObject(json);
    boolean marked = next.deletionTimestamp().isPresent();
    if (marked && next.finalizers().isEmpty() && !NamespaceState.isHeld(kind, next)) {
      if (dryRun) {
        return ObjectCodec.at(next, entry.revision());
      }
      long revision = writes.delete(kind, next.name(), entry, ephemeral);
      codec.forget(entry.key());
      definitionWritten(kind, next.name());
      return ObjectCodec.at(next, revision);
    }
    KubernetesObject comparable = ObjectCodec.at(next, entry.revision());
    if (JsonEquality.same(comparable.json(), current.json())) {
      return current;
    }
    byte[] bytes = codec.encode(kind, json, Optional.of(entry));
    if (dryRun) {
      return comparable;
    }
    boolean terminates =
        (SystemKinds.isNamespace(kind) || SystemKinds.isDefinition(kind))
            && marked
            && current.deletionTimestamp().isEmpty();
    if (terminates) {
      namespaces.writeLock().lock();
    }
    try {
      return written(kind, writes.update(kind, next.name(), entry, bytes, ephemeral));
    } finally {
      if (terminates) {
        namespaces.writeLock().unlock();
      }
    }
  }

  @Override
  public ObjectWatch watch(KindDefinition kind, WatchQuery query) {
    Selection selection = Selection.parse(kind, query.labelSelector(), query.fieldSelector());
    String prefix = StoreKeys.prefix(kind, query.namespace());
    long after = ResourceVersions.parse(query.resourceVersion());
    Queue<WatchEvent> initial = new ArrayDeque<>();
    if (after > store.revision()) {
      // Not a state of this store: the client must list again rather than wait for years.
      throw ApiException.expired("too large resource version: " + after);
    }
    boolean listed = after == 0 && !query.onlyNew();
    if (after == 0 && query.onlyNew()) {
      after = store.revision();
    }
    if (listed || query.sendInitialEvents()) {
      Page page = store.list(prefix, "", 0, 0);
      after = page.revision();
      for (Entry entry : page.entries()) {
        KubernetesObject object = codec.decode(kind, entry);
        if (selection.test(object)) {
          initial.add(new WatchEvent(WatchEvent.Type.ADDED, object));
        }
      }
      if (query.sendInitialEvents()) {
        initial.add(LocalWatch.initialEventsEnd(kind.type(), Long.toString(after)));
      }
    }
    try {
      return new LocalWatch(kind, initial, store.watch(prefix, after), selection, codec);
    } catch (CompactedException e) {
      throw ApiException.expired("too old resource version: %d".formatted(after));
    }
  }
}
