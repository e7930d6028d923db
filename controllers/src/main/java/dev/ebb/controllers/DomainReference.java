package dev.ebb.controllers;

import dev.ebb.controllers.DomainAssignment.Target;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.OwnerReference;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.serving.ServingKinds;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Resolves `spec.ref` of a DomainMapping to what the gateway can route to. Reads caches only.
///
/// The messages are those of Knative's resolver, which `kn`'s users know.
final class DomainReference {
  private final Informers informers;

  DomainReference(Informers informers) {
    this.informers = informers;
  }

  sealed interface Resolution {
    record Resolved(Target target) implements Resolution {}

    /// There is no such object, or it has no address.
    record Failed(String message) implements Resolution {}

    /// It has an address that this gateway does not lead to.
    record Unsupported(String message) implements Resolution {}
  }

  static ObjectKey keyOf(KubernetesObject mapping) {
    return new ObjectKey(mapping.namespace(), mapping.spec().path("ref").path("name").asString(""));
  }

  Resolution resolve(KubernetesObject mapping) {
    JsonNode ref = mapping.spec().path("ref");
    ObjectKey key = keyOf(mapping);
    GroupVersionKind type =
        GroupVersionKind.of(ref.path("apiVersion").asString(""), ref.path("kind").asString(""));
    if (type.equals(ServingKinds.SERVICE.type())) {
      return addressable(
          ref, ServingKinds.SERVICE.qualifiedPlural(), Informers.alive(informers.services(), key));
    }
    if (type.equals(ServingKinds.ROUTE.type())) {
      return addressable(
          ref, ServingKinds.ROUTE.qualifiedPlural(), Informers.alive(informers.routes(), key));
    }
    if (type.equals(CoreKinds.SERVICE.type())) {
      return Informers.alive(informers.coreServices(), key)
          .map(this::coreService)
          .orElseGet(() -> notFound(CoreKinds.SERVICE.qualifiedPlural(), key));
    }
    return new Resolution.Failed("%s is not an AddressableType".formatted(describe(ref)));
  }

  /// A Service and its Route have one name and one address.
  private static Resolution addressable(
      JsonNode ref, String plural, Optional<KubernetesObject> found) {
    if (found.isEmpty()) {
      return notFound(
          plural, new ObjectKey(ref.path("namespace").asString(""), ref.path("name").asString("")));
    }
    return found.get().status().path("address").path("url").asString("").isEmpty()
        ? new Resolution.Failed("address not set for " + describe(ref))
        : new Resolution.Resolved(new Target.ToRoute(found.get().key()));
  }

  /// Those that stand for a Route or a Revision lead to them; Ebb runs nothing behind others.
  private Resolution coreService(KubernetesObject service) {
    String owner = service.controller().map(OwnerReference::kind).orElse("");
    ObjectKey key = service.key();
    return switch (owner) {
      case "Route" -> new Resolution.Resolved(new Target.ToRoute(key));
      case "Revision" ->
          Informers.alive(informers.revisions(), key).filter(RevisionStatus::wasReady).isPresent()
              ? new Resolution.Resolved(
                  new Target.ToRevision(new RevisionId(key.namespace(), key.name())))
              : new Resolution.Failed("Revision \"%s\" is not yet ready.".formatted(key.name()));
      default ->
          new Resolution.Unsupported(
              ("Service \"%s\" does not stand for a Knative Route or Revision, and the gateway"
                      + " leads to nothing else.")
                  .formatted(service.name()));
    };
  }

  private static Resolution notFound(String plural, ObjectKey key) {
    return new Resolution.Failed(
        "failed to get object %s: %s \"%s\" not found".formatted(key, plural, key.name()));
  }

  private static String describe(JsonNode ref) {
    return "Kind = %s, Namespace = %s, Name = %s, APIVersion = %s, Group = %s, Address = %s"
        .formatted(
            ref.path("kind").asString(""),
            ref.path("namespace").asString(""),
            ref.path("name").asString(""),
            ref.path("apiVersion").asString(""),
            ref.path("group").asString(""),
            ref.path("address").asString(""));
  }
}
