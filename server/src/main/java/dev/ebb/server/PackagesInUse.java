package dev.ebb.server;

import dev.ebb.images.FunctionImage;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.functions.FunctionKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.Resources;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// The function packages that some object names: a Function in its status; Services, Configurations
/// and Revisions as the image of a container. They are read in the order in which a digest goes
/// from one to the next, so that none is missed on its way.
final class PackagesInUse implements Supplier<Set<String>> {
  private static final List<KindDefinition> WITH_IMAGES =
      List.of(ServingKinds.SERVICE, ServingKinds.CONFIGURATION, ServingKinds.REVISION);

  private final Resources resources;

  PackagesInUse(Resources resources) {
    this.resources = resources;
  }

  @Override
  public Set<String> get() {
    Set<String> digests = new HashSet<>();
    for (KubernetesObject function : list(FunctionKinds.FUNCTION)) {
      String digest = function.status().path("packageDigest").asString("");
      if (!digest.isEmpty()) {
        digests.add(digest);
      }
    }
    for (KindDefinition kind : WITH_IMAGES) {
      for (KubernetesObject object : list(kind)) {
        addImages(object.spec().path("containers"), digests);
        addImages(object.spec().path("template").path("spec").path("containers"), digests);
      }
    }
    return digests;
  }

  private List<KubernetesObject> list(KindDefinition kind) {
    return resources.list(kind, ListQuery.all()).items();
  }

  private static void addImages(JsonNode containers, Set<String> digests) {
    for (JsonNode container : containers) {
      FunctionImage.parse(container.path("image").asString(""))
          .ifPresent(image -> digests.add(image.digest()));
    }
  }
}
