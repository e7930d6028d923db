package dev.ebb.controllers;

import dev.ebb.controllers.workloads.VolumeResources;
import dev.ebb.dataplane.ClaimDirectory;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.core.StorageKinds;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.WriteOptions;
import java.util.List;
import java.util.Optional;

/// A PersistentVolumeClaim -> the PersistentVolume that shows its directory, and both are bound. A
/// claim that is deleted stays until no Pod uses it; then its data go, unless its class keeps them.
final class ClaimReconciler implements Reconciler {
  private final Context context;
  private final ClaimDirectory directory;
  private final String node;

  /// @param node the name of this machine
  ClaimReconciler(Context context, ClaimDirectory directory, String node) {
    this.context = context;
    this.directory = directory;
    this.node = node;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    // Not from the cache: data are deleted by what this says.
    context
        .resources()
        .find(StorageKinds.PERSISTENT_VOLUME_CLAIM, key)
        .ifPresent(claim -> {
          if (claim.deletionTimestamp().isPresent()) {
            release(claim);
          } else {
            storageClass(claim).ifPresent(storageClass -> bind(claim, storageClass));
          }
        });
    return Result.done();
  }

  /// Empty for a claim that somebody else is to serve.
  private Optional<KubernetesObject> storageClass(KubernetesObject claim) {
    Optional<String> name = VolumeResources.className(claim);
    if (name.isEmpty()) {
      return context.resources().list(StorageKinds.STORAGE_CLASS, ListQuery.all()).items().stream()
          .filter(VolumeResources::isDefault)
          .findFirst()
          .filter(VolumeResources::isOurs);
    }
    if (name.get().isEmpty()) {
      return Optional.empty();
    }
    Optional<KubernetesObject> found =
        context.resources().find(StorageKinds.STORAGE_CLASS, ObjectKey.clusterScoped(name.get()));
    if (found.isEmpty()) {
      context
          .events()
          .warning(
              claim,
              "ProvisioningFailed",
              "storageclass.storage.k8s.io \"%s\" not found".formatted(name.get()));
    }
    return found.filter(VolumeResources::isOurs);
  }

  private void bind(KubernetesObject claim, KubernetesObject storageClass) {
    String wanted = claim.spec().path("volumeName").asString("");
    if (!wanted.isEmpty() && !wanted.equals(VolumeResources.volumeName(claim))) {
      return; // it asks for a volume that somebody else made
    }
    KubernetesObject bound = VolumeResources.bound(claim, storageClass);
    if (!bound.json().equals(claim.json())) {
      bound = write(bound);
    }
    KubernetesObject volume = volume(claim, storageClass);
    context
        .statuses()
        .write(StorageKinds.PERSISTENT_VOLUME, volume, status -> status.put("phase", "Bound"));
    KubernetesObject observed = bound;
    context
        .statuses()
        .write(
            StorageKinds.PERSISTENT_VOLUME_CLAIM,
            observed,
            status -> VolumeResources.status(status, observed));
  }

  private KubernetesObject volume(KubernetesObject claim, KubernetesObject storageClass) {
    KubernetesObject volume =
        VolumeResources.volume(
            claim, storageClass, directory.path(claim.namespace(), claim.name()), node);
    Optional<KubernetesObject> present =
        context.resources().find(StorageKinds.PERSISTENT_VOLUME, volume.key());
    if (present.isPresent()) {
      return present.get();
    }
    KubernetesObject made = context.children().ensure(StorageKinds.PERSISTENT_VOLUME, volume);
    context
        .events()
        .normal(claim, "ProvisioningSucceeded", "Successfully provisioned volume " + volume.name());
    return made;
  }

  private void release(KubernetesObject claim) {
    List<KubernetesObject> pods =
        context.resources().list(CoreKinds.POD, ListQuery.in(claim.namespace())).items();
    boolean protectedOne = claim.finalizers().contains(VolumeResources.PROTECTION);
    if (!protectedOne || !VolumeResources.users(claim, pods).isEmpty()) {
      return; // the end of the last Pod is a reason to look again
    }
    ObjectKey key = ObjectKey.clusterScoped(VolumeResources.volumeName(claim));
    Optional<KubernetesObject> volume =
        context.resources().find(StorageKinds.PERSISTENT_VOLUME, key);
    if (volume.isPresent() && VolumeResources.reclaims(volume.get())) {
      // The data first: what is left half done is done again while the claim is there.
      directory.delete(claim.namespace(), claim.name());
      context.deleteMirrored(StorageKinds.PERSISTENT_VOLUME, volume.get());
    } else if (volume.isPresent()) {
      context
          .statuses()
          .write(
              StorageKinds.PERSISTENT_VOLUME,
              volume.get(),
              status -> status.put("phase", "Released"));
    }
    try {
      write(
          claim.with(json ->
              json.withObject("/metadata")
                  .withArray("/finalizers")
                  .removeIf(name -> name.asString("").equals(VolumeResources.PROTECTION))));
    } catch (ApiException refused) {
      if (!refused.isNotFound()) {
        throw refused;
      }
    }
  }

  private KubernetesObject write(KubernetesObject claim) {
    return context
        .resources()
        .update(StorageKinds.PERSISTENT_VOLUME_CLAIM, claim, WriteOptions.by(Context.FIELD_MANAGER))
        .object();
  }
}
