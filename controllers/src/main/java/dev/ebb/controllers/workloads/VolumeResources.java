package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.StorageKinds;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The StorageClass of this machine's disk, the volume that shows a claim on it, and what the claim
/// tells of that. Pure.
public final class VolumeResources {
  /// Keeps a claim until no Pod uses it; Kubernetes's own.
  public static final String PROTECTION = "kubernetes.io/pvc-protection";

  public static final String DEFAULT_CLASS = "standard";

  private static final String IS_DEFAULT = "storageclass.kubernetes.io/is-default-class";
  private static final String PROVISIONER = "ebb.dev/local";
  private static final String FINISHED = "Succeeded|Failed";

  private VolumeResources() {}

  public static KubernetesObject storageClass() {
    return KubernetesObject.of(
            StorageKinds.STORAGE_CLASS.type(), ObjectKey.clusterScoped(DEFAULT_CLASS))
        .with(json -> {
          json.withObject("/metadata/annotations").put(IS_DEFAULT, "true");
          json.put("provisioner", PROVISIONER)
              .put("reclaimPolicy", "Delete")
              .put("volumeBindingMode", "Immediate");
        });
  }

  /// Whether volumes of the class are made here.
  public static boolean isOurs(KubernetesObject storageClass) {
    return storageClass.json().path("provisioner").asString("").equals(PROVISIONER);
  }

  public static boolean isDefault(KubernetesObject storageClass) {
    return storageClass.annotations().getOrDefault(IS_DEFAULT, "").equals("true");
  }

  /// Empty where the claim leaves it to the cluster.
  public static Optional<String> className(KubernetesObject claim) {
    JsonNode name = claim.spec().path("storageClassName");
    return name.isString() ? Optional.of(name.asString()) : Optional.empty();
  }

  public static String volumeName(KubernetesObject claim) {
    return "pvc-" + claim.uid();
  }

  public static KubernetesObject volume(
      KubernetesObject claim, KubernetesObject storageClass, Path directory, String node) {
    return KubernetesObject.of(
            StorageKinds.PERSISTENT_VOLUME.type(), ObjectKey.clusterScoped(volumeName(claim)))
        .with(json -> {
          json.withObject("/metadata/annotations")
              .put("pv.kubernetes.io/provisioned-by", PROVISIONER);
          ObjectNode spec = json.putObject("spec");
          spec.set("capacity", capacity(claim));
          spec.set("accessModes", claim.spec().path("accessModes").deepCopy());
          spec.putObject("claimRef")
              .put("apiVersion", "v1")
              .put("kind", "PersistentVolumeClaim")
              .put("namespace", claim.namespace())
              .put("name", claim.name())
              .put("uid", claim.uid());
          spec.put(
              "persistentVolumeReclaimPolicy",
              storageClass.json().path("reclaimPolicy").asString("Delete"));
          spec.put("storageClassName", storageClass.name());
          spec.put("volumeMode", "Filesystem");
          spec.putObject("local").put("path", directory.toString());
          ObjectNode host =
              spec.putObject("nodeAffinity")
                  .putObject("required")
                  .putArray("nodeSelectorTerms")
                  .addObject()
                  .putArray("matchExpressions")
                  .addObject();
          host.put("key", "kubernetes.io/hostname").put("operator", "In");
          host.putArray("values").add(node);
        });
  }

  /// The claim with what binding writes into it; its status is apart.
  public static KubernetesObject bound(KubernetesObject claim, KubernetesObject storageClass) {
    return claim.with(json -> {
      ObjectNode metadata = json.withObject("/metadata");
      metadata
          .withObject("/annotations")
          .put("pv.kubernetes.io/bind-completed", "yes")
          .put("pv.kubernetes.io/bound-by-controller", "yes");
      if (!claim.finalizers().contains(PROTECTION)) {
        metadata.withArray("/finalizers").add(PROTECTION);
      }
      json.withObject("/spec")
          .put("storageClassName", storageClass.name())
          .put("volumeName", volumeName(claim));
    });
  }

  public static ObjectNode status(ObjectNode status, KubernetesObject claim) {
    status.put("phase", "Bound");
    status.set("accessModes", claim.spec().path("accessModes").deepCopy());
    status.set("capacity", capacity(claim));
    return status;
  }

  public static boolean reclaims(KubernetesObject volume) {
    return volume.spec().path("persistentVolumeReclaimPolicy").asString("").equals("Delete");
  }

  /// Those that are not over and mount the claim.
  public static List<KubernetesObject> users(KubernetesObject claim, List<KubernetesObject> pods) {
    return pods.stream()
        .filter(pod -> !pod.status().path("phase").asString("").matches(FINISHED))
        .filter(pod -> claims(pod).contains(claim.name()))
        .toList();
  }

  /// The names of the claims that a Pod mounts.
  public static List<String> claims(KubernetesObject pod) {
    return pod.spec()
        .path("volumes")
        .valueStream()
        .map(volume -> volume.path("persistentVolumeClaim").path("claimName").asString(""))
        .filter(name -> !name.isEmpty())
        .toList();
  }

  /// Why no Pod can be scheduled that mounts the claim, in the scheduler's words; empty when it is
  /// bound.
  public static Optional<String> problem(String name, Optional<KubernetesObject> claim) {
    if (claim.isEmpty()) {
      return Optional.of("persistentvolumeclaim \"%s\" not found.".formatted(name));
    }
    if (claim.get().deletionTimestamp().isPresent()) {
      return Optional.of("persistentvolumeclaim \"%s\" is being deleted.".formatted(name));
    }
    return claim.get().status().path("phase").asString("").equals("Bound")
        ? Optional.empty()
        : Optional.of("pod has unbound immediate PersistentVolumeClaims.");
  }

  private static JsonNode capacity(KubernetesObject claim) {
    ObjectNode capacity = claim.json().objectNode();
    capacity.set("storage", claim.spec().path("resources").path("requests").path("storage"));
    return capacity;
  }
}
