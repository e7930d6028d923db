package dev.ebb.server;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.Resources;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// The images that some object of the API names, so that none is deleted that could be started
/// again: in a container, wherever its kind keeps the template of its Pods, or as the digest that a
/// Revision or Pod was resolved to.
final class ImagesInUse implements Supplier<Set<String>> {
  private static final List<String> WORKLOADS =
      List.of("Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob");
  private static final List<String> CONTAINERS = List.of("initContainers", "containers");

  private final Resources resources;

  ImagesInUse(Resources resources) {
    this.resources = resources;
  }

  @Override
  public Set<String> get() {
    Set<String> images = new HashSet<>();
    for (KindDefinition kind : resources.kinds().all()) {
      if (WORKLOADS.contains(kind.type().kind())
          || kind.equals(ServingKinds.SERVICE)
          || kind.equals(ServingKinds.CONFIGURATION)
          || kind.equals(ServingKinds.REVISION)) {
        for (KubernetesObject object : resources.list(kind, ListQuery.all()).items()) {
          add(object, images);
        }
      }
    }
    return images;
  }

  static void add(KubernetesObject object, Set<String> images) {
    addContainers(object.spec(), images);
    JsonNode template = object.spec().path("template").path("spec");
    addContainers(template, images);
    addContainers(
        object.spec().path("jobTemplate").path("spec").path("template").path("spec"), images);
    for (JsonNode status : object.status().path("containerStatuses")) {
      add(status.path("imageDigest"), images);
      add(status.path("imageID"), images);
    }
  }

  private static void addContainers(JsonNode pod, Set<String> images) {
    for (String list : CONTAINERS) {
      for (JsonNode container : pod.path(list)) {
        add(container.path("image"), images);
      }
    }
  }

  private static void add(JsonNode image, Set<String> images) {
    if (!image.asString("").isEmpty()) {
      images.add(image.asString(""));
    }
  }
}
