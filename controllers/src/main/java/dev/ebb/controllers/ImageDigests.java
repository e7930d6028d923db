package dev.ebb.controllers;

import dev.ebb.images.FunctionImage;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.kinds.KubernetesObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The digests that a Revision's images had when it was made, as its status keeps them for good: a
/// Revision runs the same programs however its tags move. Pure.
final class ImageDigests {
  private static final Map<String, String> STATUSES =
      Map.of("containers", "containerStatuses", "initContainers", "initContainerStatuses");

  private ImageDigests() {}

  /// Images by their names in the spec, each with its digest; without those that have none yet.
  static Map<String, String> stored(KubernetesObject revision) {
    Map<String, String> images = new LinkedHashMap<>();
    STATUSES.forEach((containers, statuses) -> {
      for (JsonNode container : revision.spec().path(containers)) {
        for (JsonNode status : revision.status().path(statuses)) {
          String digest = status.path("imageDigest").asString("");
          if (status.path("name").asString("").equals(container.path("name").asString(""))
              && !digest.isEmpty()) {
            images.put(container.path("image").asString(""), digest);
          }
        }
      }
    });
    return images;
  }

  /// Names of images that must be resolved before an instance may run.
  ///
  /// @param skipped registries whose tags stay tags
  static List<String> unresolved(KubernetesObject revision, Set<String> skipped) {
    Map<String, String> stored = stored(revision);
    List<String> images = new ArrayList<>();
    for (String containers : STATUSES.keySet()) {
      for (JsonNode container : revision.spec().path(containers)) {
        String image = container.path("image").asString("");
        if (!stored.containsKey(image)
            && !images.contains(image)
            && !isResolved(image)
            && !isSkipped(image, skipped)) {
          images.add(image);
        }
      }
    }
    return images;
  }

  /// Writes what was resolved before, what is now, and what names its digest itself: `kn` reads it
  /// back when it updates.
  static void write(ObjectNode status, KubernetesObject revision, Map<String, String> resolved) {
    Map<String, String> known = stored(revision.withStatus(status));
    STATUSES.forEach((containers, statuses) -> {
      JsonNode list = revision.spec().path(containers);
      if (list.isEmpty()) {
        return;
      }
      ArrayNode nodes = status.putArray(statuses);
      for (JsonNode container : list) {
        String image = container.path("image").asString("");
        ObjectNode node =
            nodes.addObject().put("name", container.path("name").asString("user-container"));
        String digest =
            known.getOrDefault(image, resolved.getOrDefault(image, isResolved(image) ? image : ""));
        if (!digest.isEmpty()) {
          node.put("imageDigest", digest);
        }
      }
    });
  }

  /// As Knative writes it (go-containerregistry's `name` package): Docker Hub by its older name.
  static String name(ImageReference image) {
    return image.host().equals(ImageReference.DOCKER_HUB) ? "index." + image : image.toString();
  }

  private static boolean isResolved(String image) {
    return image.contains("@sha256:") || FunctionImage.parse(image).isPresent();
  }

  /// Docker Hub has two names.
  private static boolean isSkipped(String image, Set<String> skipped) {
    try {
      String host = ImageReference.parse(image).host();
      return skipped.contains(host)
          || (host.equals(ImageReference.DOCKER_HUB) && skipped.contains("index.docker.io"));
    } catch (ImageException unreadable) {
      return false; // whoever resolves it tells what is wrong with it
    }
  }
}
