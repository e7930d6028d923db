package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.AGE;
import static dev.ebb.kinds.core.Columns.count;
import static dev.ebb.kinds.core.Columns.shown;
import static dev.ebb.kinds.core.Columns.text;
import static dev.ebb.kinds.core.Columns.wide;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.PrinterColumn;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/// Columns of volumes, claims and what makes them, by the rules of `kubectl get`.
final class StorageColumns {
  private static final Map<String, String> ACCESS_MODES =
      Map.of(
          "ReadWriteOnce", "RWO",
          "ReadOnlyMany", "ROX",
          "ReadWriteMany", "RWX",
          "ReadWriteOncePod", "RWOP");

  private static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

  static final PrinterColumn[] PERSISTENT_VOLUME = {
    shown("Capacity", "spec.capacity.storage", ""),
    text("Access Modes", volume -> accessModes(volume.spec())),
    text("Reclaim Policy", "spec.persistentVolumeReclaimPolicy", ""),
    text("Status", StorageColumns::phase),
    text("Claim", StorageColumns::claim),
    text("StorageClass", "spec.storageClassName", ""),
    text("VolumeAttributesClass", "spec.volumeAttributesClassName", Columns.UNSET),
    text("Reason", "status.reason", ""),
    AGE,
    wide("VolumeMode", volume -> volume.spec().path("volumeMode").asString(Columns.UNSET))
  };

  static final PrinterColumn[] PERSISTENT_VOLUME_CLAIM = {
    text("Status", StorageColumns::phase),
    text("Volume", "spec.volumeName", ""),
    text("Capacity", claim -> ifBound(claim, capacity(claim))),
    text("Access Modes", claim -> ifBound(claim, accessModes(claim.status()))),
    text("StorageClass", "spec.storageClassName", ""),
    text("VolumeAttributesClass", "spec.volumeAttributesClassName", Columns.UNSET),
    AGE,
    wide("VolumeMode", claim -> claim.spec().path("volumeMode").asString(Columns.UNSET))
  };

  static final PrinterColumn[] STORAGE_CLASS = {
    new PrinterColumn("Name", "string", "name", ".metadata.name", "", 0, StorageColumns::className),
    text("Provisioner", "provisioner", ""),
    text("ReclaimPolicy", "reclaimPolicy", "Delete"),
    text("VolumeBindingMode", "volumeBindingMode", Columns.UNSET),
    shown("AllowVolumeExpansion", "allowVolumeExpansion", "false"),
    AGE
  };

  static final PrinterColumn[] CSI_DRIVER = {
    shown("AttachRequired", "spec.attachRequired", "true"),
    shown("PodInfoOnMount", "spec.podInfoOnMount", "false"),
    shown("StorageCapacity", "spec.storageCapacity", "false"),
    text(
        "TokenRequests",
        driver ->
            Columns.or(
                Columns.join(
                    driver
                        .spec()
                        .path("tokenRequests")
                        .valueStream()
                        .map(request -> request.path("audience"))),
                Columns.UNSET)),
    shown("RequiresRepublish", "spec.requiresRepublish", "false"),
    text(
        "Modes",
        driver ->
            Columns.or(
                Columns.join(driver.spec().path("volumeLifecycleModes").valueStream()),
                Columns.NONE)),
    AGE
  };

  static final PrinterColumn[] CSI_NODE = {count("Drivers", "spec.drivers"), AGE};

  static final PrinterColumn[] VOLUME_ATTACHMENT = {
    text("Attacher", "spec.attacher", ""),
    text("PV", "spec.source.persistentVolumeName", ""),
    text("Node", "spec.nodeName", ""),
    shown("Attached", "status.attached", "false"),
    AGE
  };

  static final PrinterColumn[] ATTRIBUTES_CLASS = {text("DriverName", "driverName", ""), AGE};

  static final PrinterColumn[] STORAGE_CAPACITY = {
    text("StorageClassName", "storageClassName", ""), shown("Capacity", "capacity", Columns.UNSET)
  };

  private StorageColumns() {}

  private static String phase(KubernetesObject object) {
    return object.deletionTimestamp().isPresent()
        ? "Terminating"
        : object.status().path("phase").asString("");
  }

  private static String claim(KubernetesObject volume) {
    JsonNode claim = volume.spec().path("claimRef");
    return claim.isObject()
        ? claim.path("namespace").asString("") + "/" + claim.path("name").asString("")
        : "";
  }

  private static String capacity(KubernetesObject claim) {
    return claim.status().path("capacity").path("storage").asString("");
  }

  private static String ifBound(KubernetesObject claim, String text) {
    return claim.spec().path("volumeName").asString("").isEmpty() ? "" : text;
  }

  private static String accessModes(JsonNode of) {
    return of.path("accessModes")
        .valueStream()
        .map(mode -> ACCESS_MODES.getOrDefault(mode.asString(""), ""))
        .distinct()
        .collect(Collectors.joining(","));
  }

  private static JsonNode className(KubernetesObject storageClass, Instant now) {
    boolean standard = "true".equals(storageClass.annotations().get(DEFAULT_CLASS));
    return StringNode.valueOf(storageClass.name() + (standard ? " (default)" : ""));
  }
}
