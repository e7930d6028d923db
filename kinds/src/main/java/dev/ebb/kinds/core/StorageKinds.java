package dev.ebb.kinds.core;

import static dev.ebb.kinds.api.ApiKinds.define;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindDefinition.Generation;
import dev.ebb.kinds.ObjectMetaRules;
import java.util.List;

/// Volumes and claims of the core group, and `storage.k8s.io`: stored and shown.
public final class StorageKinds {
  private static final String STORAGE = "storage.k8s.io/v1";

  public static final KindDefinition PERSISTENT_VOLUME =
      define("v1", "PersistentVolume", "persistentvolumes")
          .clusterScoped()
          .shortNames("pv")
          .columns(StorageColumns.PERSISTENT_VOLUME)
          .withStatus()
          .generation(Generation.NEVER)
          .rules(VolumeRules.VOLUME)
          .build();

  public static final KindDefinition PERSISTENT_VOLUME_CLAIM =
      define("v1", "PersistentVolumeClaim", "persistentvolumeclaims")
          .shortNames("pvc")
          .columns(StorageColumns.PERSISTENT_VOLUME_CLAIM)
          .withStatus()
          .generation(Generation.NEVER)
          .rules(VolumeRules.CLAIM)
          .build();

  public static final KindDefinition STORAGE_CLASS =
      define(STORAGE, "StorageClass", "storageclasses")
          .clusterScoped()
          .shortNames("sc")
          .columns(StorageColumns.STORAGE_CLASS)
          .rules(
              FrozenFields.forbidden(
                  "updates to parameters and provisioner are forbidden.",
                  "parameters",
                  "provisioner"))
          .build();

  public static final KindDefinition CSI_DRIVER =
      define(STORAGE, "CSIDriver", "csidrivers")
          .clusterScoped()
          .columns(StorageColumns.CSI_DRIVER)
          .generation(Generation.NEVER)
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition CSI_NODE =
      define(STORAGE, "CSINode", "csinodes")
          .clusterScoped()
          .columns(StorageColumns.CSI_NODE)
          .generation(Generation.NEVER)
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition CSI_STORAGE_CAPACITY =
      define(STORAGE, "CSIStorageCapacity", "csistoragecapacities")
          .columns(StorageColumns.STORAGE_CAPACITY)
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition VOLUME_ATTACHMENT =
      define(STORAGE, "VolumeAttachment", "volumeattachments")
          .clusterScoped()
          .columns(StorageColumns.VOLUME_ATTACHMENT)
          .withStatus()
          .generation(Generation.NEVER)
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition VOLUME_ATTRIBUTES_CLASS =
      define(STORAGE, "VolumeAttributesClass", "volumeattributesclasses")
          .clusterScoped()
          .shortNames("vac")
          .columns(StorageColumns.ATTRIBUTES_CLASS)
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  /// Of the core group.
  public static final List<KindDefinition> CORE =
      List.of(PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM);

  /// Of `storage.k8s.io`.
  public static final List<KindDefinition> ALL =
      List.of(
          STORAGE_CLASS,
          CSI_DRIVER,
          CSI_NODE,
          CSI_STORAGE_CAPACITY,
          VOLUME_ATTACHMENT,
          VOLUME_ATTRIBUTES_CLASS);

  private StorageKinds() {}
}
