package dev.ebb.controllers;

import dev.ebb.images.FunctionPackages;
import dev.ebb.images.PackageInvalidException;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.functions.FunctionKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Children.Child;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Conditions;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/// Function -> package -> Service, and its state back.
final class FunctionReconciler implements Reconciler {
  /// A package that was stored for this generation: a change of a status does not make it again.
  private record Packaged(String uid, long generation, String digest) {}

  private static final Logger LOG = System.getLogger(FunctionReconciler.class.getName());

  /// A full disk tells nobody when it has room again; packing the largest source takes less than a
  /// tenth of this.
  private static final Duration STORE_AGAIN = Duration.ofSeconds(2);

  private static final String PACKAGE_READY = "PackageReady";
  private static final String SERVICE_READY = "ServiceReady";

  private final Context context;
  private final ReadyEvents readyEvents;
  private final FunctionPackages packages;
  private final Map<String, String> entrypoints;
  private final Map<ObjectKey, Packaged> packaged = new ConcurrentHashMap<>();

  FunctionReconciler(Context context, FunctionPackages packages, Map<String, String> entrypoints) {
    this.context = context;
    this.readyEvents = new ReadyEvents(context.events());
    this.packages = packages;
    this.entrypoints = Map.copyOf(entrypoints);
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Optional<KubernetesObject> found = Informers.alive(context.informers().functions(), key);
    if (found.isEmpty()) {
      packaged.remove(key);
      return Result.done();
    }
    KubernetesObject function = found.get();
    try {
      String digest = digest(function);
      Child service =
          context
              .children()
              .apply(
                  ServingKinds.SERVICE,
                  context.informers().services().get(key),
                  FunctionResources.service(function, digest));
      write(function, status -> deployed(status, function, digest, service));
    } catch (FunctionInvalidException | PackageInvalidException invalid) {
      String message = String.valueOf(invalid.getMessage());
      write(function, status -> refused(status, function, "SourceInvalid", message));
    } catch (PackageNotStoredException failure) {
      String message = String.valueOf(failure.getMessage());
      LOG.log(Level.WARNING, () -> "function " + key + ": " + message, failure);
      write(function, status -> refused(status, function, "StorageFailed", message));
      return Result.requeueAfter(STORE_AGAIN);
    }
    return Result.done();
  }

  private String digest(KubernetesObject function) {
    Packaged present = packaged.get(function.key());
    if (present != null
        && present.uid().equals(function.uid())
        && present.generation() == function.generation()) {
      return present.digest();
    }
    FunctionSource source = FunctionSource.of(function, entrypoints);
    String digest = store(source);
    if (!function.status().path("packageDigest").asString("").equals(digest)) {
      context.events().normal(function, "Packaged", "Stored the source as " + digest);
    }
    packaged.put(function.key(), new Packaged(function.uid(), function.generation(), digest));
    return digest;
  }

  private String store(FunctionSource source) {
    try {
      return packages.store(source.config(), source.files());
    } catch (UncheckedIOException e) {
      throw new PackageNotStoredException(e);
    }
  }

  private void write(KubernetesObject function, UnaryOperator<ObjectNode> status) {
    context
        .statuses()
        .write(FunctionKinds.FUNCTION, function, status)
        .ifPresent(written ->
            readyEvents.tell(
                written,
                "It answers at %s".formatted(written.after().status().path("url").asString(""))));
  }

  private ObjectNode refused(
      ObjectNode status, KubernetesObject function, String reason, String message) {
    status.put("observedGeneration", function.generation());
    new Conditions(status, context.now(), PACKAGE_READY, SERVICE_READY)
        .markFalse(PACKAGE_READY, reason, message)
        .write();
    return status;
  }

  private ObjectNode deployed(
      ObjectNode status, KubernetesObject function, String digest, Child child) {
    status.put("observedGeneration", function.generation());
    status.put("packageDigest", digest);
    Conditions conditions =
        new Conditions(status, context.now(), PACKAGE_READY, SERVICE_READY).markTrue(PACKAGE_READY);
    switch (child) {
      case Child.Foreign _ ->
          conditions.markFalse(
              SERVICE_READY,
              "NotOwned",
              "There is an existing Service \"%s\" that this Function does not own."
                  .formatted(function.name()));
      case Child.Owned(KubernetesObject service) -> {
        copy(service, status, "url");
        copy(service, status, "latestReadyRevisionName");
        if (service.status().path("observedGeneration").asLong(0) == service.generation()) {
          Condition ready = Condition.ready(service);
          conditions.mark(
              new Condition(SERVICE_READY, ready.status(), ready.reason(), ready.message()));
        } else {
          conditions.markUnknown(SERVICE_READY, "Deploying", "The Service is being deployed.");
        }
      }
    }
    conditions.write();
    return status;
  }

  private static void copy(KubernetesObject from, ObjectNode to, String field) {
    if (from.status().has(field)) {
      to.set(field, from.status().path(field));
    } else {
      to.remove(field);
    }
  }
}
