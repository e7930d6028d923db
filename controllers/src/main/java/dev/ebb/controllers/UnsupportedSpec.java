package dev.ebb.controllers;

import dev.ebb.controllers.RevisionInstances.Failure;
import dev.ebb.controllers.podspecs.ServingContainer;
import dev.ebb.controllers.podspecs.UnsupportedFields;
import dev.ebb.images.FunctionImage;
import dev.ebb.kinds.KubernetesObject;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a Revision may ask for that no node of Ebb can do. Pure.
///
/// To start an instance without the file, the neighbour or the user that it was promised would be a
/// lie that shows only in the program's behaviour, so such a Revision is stored, never started, and
/// says why. Functions from source are processes that see the machine's own files and run as the
/// server's user, so they get less than images.
final class UnsupportedSpec {
  private UnsupportedSpec() {}

  static Optional<Failure.Refused> of(KubernetesObject revision) {
    JsonNode serving = ServingContainer.of(revision.spec());
    Optional<Failure.Refused> never =
        UnsupportedFields.of(revision.spec())
            .map(refusal -> new Failure.Refused(refusal.reason(), refusal.message(), true));
    return never.isEmpty() && FunctionImage.parse(serving.path("image").asString("")).isPresent()
        ? function(revision)
        : never;
  }

  private static Optional<Failure.Refused> function(KubernetesObject revision) {
    JsonNode containers = revision.spec().path("containers");
    if (containers.size() > 1) {
      return refused(
          "MultiContainerNotSupported",
          "a function runs in one container, and %d are given".formatted(containers.size()));
    }
    JsonNode container = containers.path(0);
    JsonNode mount = container.path("volumeMounts").path(0);
    if (!mount.isMissingNode()) {
      return refused(
          "VolumesNotSupported",
          "functions have no volumes, and \"%s\" is to be mounted at %s"
              .formatted(mount.path("name").asString(""), mount.path("mountPath").asString("")));
    }
    JsonNode user = container.path("securityContext").path("runAsUser");
    if (!user.isMissingNode()) {
      return refused(
          "UserNotSupported",
          "functions run as the server's user, and user %s is asked for".formatted(user));
    }
    return Optional.empty();
  }

  private static Optional<Failure.Refused> refused(String reason, String message) {
    return Optional.of(new Failure.Refused(reason, message, true));
  }
}
