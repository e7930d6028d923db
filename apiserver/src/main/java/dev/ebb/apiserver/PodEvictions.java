package dev.ebb.apiserver;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.DeleteOptions.Propagation;
import dev.ebb.resources.Resources;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST pods/NAME/eviction`: how `kubectl drain` deletes Pods.
///
/// Budgets (`PodDisruptionBudget`) hold nothing back: nobody counts their Pods on one machine, and
/// an eviction that is refused for ever would hang `kubectl drain`.
///
/// @see <a
///   href="https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/">API-initiated
///   eviction</a>
final class PodEvictions {
  private static final GroupVersionKind TYPE = new GroupVersionKind("policy", "v1", "Eviction");

  private final Resources resources;

  PodEvictions(Resources resources) {
    this.resources = resources;
  }

  SubresourceRoute route() {
    return new SubresourceRoute(
        "", "v1", "pods", "eviction", Optional.of(TYPE), List.of("create"), this::handle);
  }

  private void handle(ObjectKey key, Exchange exchange) {
    boolean dryRun = RequestOptions.dryRun(exchange);
    ObjectNode eviction = BodyFormat.body(exchange, TYPE.kind()).object();
    String name = eviction.path("metadata").path("name").asString(key.name());
    if (!name.equals(key.name())) {
      throw ApiException.badRequest("name in URL does not match name in Eviction object");
    }
    JsonNode options = eviction.path("deleteOptions");
    JsonNode preconditions = options.path("preconditions");
    KubernetesObject deleted =
        resources.delete(
            CoreKinds.POD,
            key,
            new DeleteOptions(
                    Propagation.BACKGROUND,
                    text(preconditions, "uid"),
                    text(preconditions, "resourceVersion"),
                    dryRun || !options.path("dryRun").isEmpty())
                .withGracePeriod(options.path("gracePeriodSeconds").asLongOpt()));
    Responses.json(
        exchange, 201, StatusDocument.deleted(CoreKinds.POD, deleted.name(), deleted.uid()));
  }

  private static Optional<String> text(JsonNode node, String field) {
    return Optional.of(node.path(field).asString("")).filter(value -> !value.isEmpty());
  }
}
