package dev.ebb.controllers;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.Children.Child;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import dev.ebb.reconcile.StatusWriter;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.WriteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Configuration -> one Revision per generation, and their state back.
final class ConfigurationReconciler implements Reconciler {
  private final Context context;

  ConfigurationReconciler(Context context) {
    this.context = context;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Informers informers = context.informers();
    Optional<KubernetesObject> found = Informers.alive(informers.configurations(), key);
    if (found.isEmpty()) {
      return Result.done();
    }
    KubernetesObject configuration = found.get();
    Child latest = latestRevision(configuration);
    List<KubernetesObject> revisions = new ArrayList<>(informers.revisionsOf(key));
    revisions.removeIf(revision -> !Children.isControlledBy(revision, configuration));
    context
        .statuses()
        .write(
            informers.configurations().kind(),
            configuration,
            status ->
                ConfigurationStatus.plan(status, configuration, latest, revisions, context.now()));
    return Result.done();
  }

  private Child latestRevision(KubernetesObject configuration) {
    KindDefinition kind = context.informers().revisions().kind();
    ObjectKey key = ConfigurationResources.revisionKey(configuration);
    Optional<KubernetesObject> present = context.informers().revisions().get(key);
    KubernetesObject desired = ConfigurationResources.revision(configuration, context.now());
    if (present.isEmpty()) {
      try {
        return new Child.Owned(
            context
                .resources()
                .create(kind, desired, WriteOptions.by(Context.FIELD_MANAGER))
                .object());
      } catch (ApiException refused) {
        if (!refused.status().reason().equals("AlreadyExists")) {
          throw refused;
        }
        present = Optional.of(context.resources().get(kind, key));
      }
    }
    return isOf(present.get(), configuration, desired)
        ? new Child.Owned(present.get())
        : new Child.Foreign(present.get());
  }

  /// A revision never changes, so a name that the template asks for again must mean the same.
  private static boolean isOf(
      KubernetesObject revision, KubernetesObject configuration, KubernetesObject desired) {
    return Children.isControlledBy(revision, configuration)
        && (ConfigurationResources.generationOf(revision).orElse(-1) == configuration.generation()
            || StatusWriter.same(revision.spec(), desired.spec()));
  }
}
