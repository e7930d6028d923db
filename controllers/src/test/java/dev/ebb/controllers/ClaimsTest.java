package dev.ebb.controllers;

import static dev.ebb.kinds.core.CoreKinds.POD;
import static dev.ebb.kinds.core.StorageKinds.PERSISTENT_VOLUME;
import static dev.ebb.kinds.core.StorageKinds.PERSISTENT_VOLUME_CLAIM;
import static dev.ebb.kinds.core.StorageKinds.STORAGE_CLASS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ListQuery;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ClaimsTest extends WorldTest {
  @Test
  void aClaimIsBoundToAVolumeThatShowsItsDirectory() {
    claim("");
    await().until(() -> phase().equals("Bound"));
    KubernetesObject claim = world.get(PERSISTENT_VOLUME_CLAIM, "data");
    assertThat(claim.spec().path("storageClassName").asString()).isEqualTo("standard");
    assertThat(claim.spec().path("volumeName").asString()).isEqualTo("pvc-" + claim.uid());
    assertThat(claim.status().at("/capacity/storage").asString()).isEqualTo("1Gi");
    assertThat(claim.status().at("/accessModes/0").asString()).isEqualTo("ReadWriteOnce");

    await()
        .untilAsserted(() ->
            assertThat(volumes())
                .singleElement()
                .satisfies(volume ->
                    assertThat(volume.status().path("phase").asString()).isEqualTo("Bound")));
    KubernetesObject volume = volumes().getFirst();
    assertThat(volume.name()).isEqualTo("pvc-" + claim.uid());
    assertThat(volume.spec().at("/claimRef/uid").asString()).isEqualTo(claim.uid());
    assertThat(volume.spec().at("/local/path").asString()).isEqualTo("/claims/default/data");
  }

  @Test
  void aClaimThatIsDeletedGoesWithItsData() {
    claim("");
    await().until(() -> phase().equals("Bound"));
    world.delete(PERSISTENT_VOLUME_CLAIM, "data");
    await().until(() -> !world.exists(PERSISTENT_VOLUME_CLAIM, "data"));
    await().until(() -> volumes().isEmpty());
    assertThat(world.deletedClaims).containsExactly("default/data");
  }

  @Test
  void aClaimStaysWhileAPodUsesIt() {
    claim("");
    await().until(() -> phase().equals("Bound"));
    world.create(
        POD,
        """
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "user", "namespace": "default"},
         "spec": {"containers": [{"name": "main", "image": "busybox"}],
           "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]}}
        """);
    await().until(() -> !world.instances.list().isEmpty());
    world.delete(PERSISTENT_VOLUME_CLAIM, "data");
    world.change(
        PERSISTENT_VOLUME_CLAIM,
        "data",
        json -> json.withObject("/metadata/annotations").put("look", "1"));
    // Another claim, to know that the controller has been there.
    world.create(PERSISTENT_VOLUME_CLAIM, json("other", ""));
    await()
        .until(() ->
            world
                .get(PERSISTENT_VOLUME_CLAIM, "other")
                .status()
                .path("phase")
                .asString("")
                .equals("Bound"));
    assertThat(world.exists(PERSISTENT_VOLUME_CLAIM, "data")).isTrue();
    assertThat(world.deletedClaims).isEmpty();

    world.delete(POD, "user");
    await().until(() -> !world.exists(PERSISTENT_VOLUME_CLAIM, "data"));
    assertThat(world.deletedClaims).containsExactly("default/data");
  }

  @Test
  void aPodWaitsForItsClaim() {
    world.create(
        POD,
        """
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "early", "namespace": "default"},
         "spec": {"containers": [{"name": "main", "image": "busybox"}],
           "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]}}
        """);
    await()
        .untilAsserted(() -> {
          JsonNode status = world.get(POD, "early").status();
          assertThat(status.path("phase").asString()).isEqualTo("Pending");
          assertThat(status.at("/conditions/0/type").asString("")).isEqualTo("PodScheduled");
          assertThat(status.at("/conditions/0/reason").asString("")).isEqualTo("Unschedulable");
          assertThat(status.at("/conditions/0/message").asString(""))
              .isEqualTo("0/1 nodes are available: persistentvolumeclaim \"data\" not found.");
        });
    assertThat(world.instances.list()).isEmpty();

    claim("");
    await().until(() -> !world.instances.list().isEmpty());
  }

  @Test
  void aClassThatRetainsKeepsDataAndVolume() {
    world.create(
        STORAGE_CLASS,
        """
        {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "kept"},
         "provisioner": "ebb.dev/local", "reclaimPolicy": "Retain"}
        """);
    claim("\"storageClassName\": \"kept\", ");
    await().until(() -> phase().equals("Bound"));
    world.delete(PERSISTENT_VOLUME_CLAIM, "data");
    await().until(() -> !world.exists(PERSISTENT_VOLUME_CLAIM, "data"));
    assertThat(world.deletedClaims).isEmpty();
    await()
        .untilAsserted(() ->
            assertThat(volumes())
                .singleElement()
                .satisfies(volume ->
                    assertThat(volume.status().path("phase").asString()).isEqualTo("Released")));
  }

  @Test
  void aClaimOfAnUnknownClassWaitsAndSaysWhy() {
    claim("\"storageClassName\": \"fast\", ");
    await()
        .until(() ->
            world.resources.list(CoreKinds.EVENT, ListQuery.in("default")).items().stream()
                .anyMatch(event ->
                    event
                        .json()
                        .path("message")
                        .asString("")
                        .equals("storageclass.storage.k8s.io \"fast\" not found")));
    await().until(() -> phase().equals("Pending"));
    assertThat(volumes()).isEmpty();
  }

  private void claim(String more) {
    world.create(PERSISTENT_VOLUME_CLAIM, json("data", more));
  }

  private static String json(String name, String more) {
    return """
    {"apiVersion": "v1", "kind": "PersistentVolumeClaim",
     "metadata": {"name": "%s", "namespace": "default"},
     "spec": {%s"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
    """
        .formatted(name, more);
  }

  private String phase() {
    return world.get(PERSISTENT_VOLUME_CLAIM, "data").status().path("phase").asString("");
  }

  private List<KubernetesObject> volumes() {
    return world.resources.list(PERSISTENT_VOLUME, ListQuery.all()).items();
  }
}
