package dev.ebb.server;

import dev.ebb.apiserver.Exchange;
import dev.ebb.apiserver.PathRoute;
import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RevisionTraffic;
import dev.ebb.dataplane.Scaler;
import dev.ebb.dataplane.ScalingDecision;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.Resources;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `GET /ebb/scaling?namespace=NS&service=NAME`: what revisions have to do, how many instances they
/// have, and why; for `ebb load`, `ebb top` and `ebb describe`. Without parameters of all. Counts
/// are since the server began: who reads twice has rates.
final class ScalingEndpoint {
  private static final String PATH = "/ebb/scaling";
  private static final String SERVICE_LABEL = "serving.knative.dev/service";
  private static final RevisionTraffic NONE =
      new RevisionTraffic(
          0, 0, 0, Map.of(), new MetricFamily.Value.Histogram(List.of(), List.of(0L), 0));
  private static final JsonMapper JSON = new JsonMapper();

  private final Resources resources;
  private final Supplier<Map<RevisionId, RevisionTraffic>> traffic;
  private final Scaler scaler;

  ScalingEndpoint(
      Resources resources, Supplier<Map<RevisionId, RevisionTraffic>> traffic, Scaler scaler) {
    this.resources = resources;
    this.traffic = traffic;
    this.scaler = scaler;
  }

  PathRoute route() {
    return new PathRoute(PATH, /* open= */ false, this::handle);
  }

  private void handle(Exchange exchange) throws IOException {
    String namespace = exchange.query("namespace").orElse("");
    String service = exchange.query("service").orElse("");
    exchange.respond(200, "application/json", JSON.writeValueAsBytes(answer(namespace, service)));
  }

  /// @param namespace empty for all
  /// @param service empty for all
  ObjectNode answer(String namespace, String service) {
    Map<RevisionId, RevisionTraffic> seen = traffic.get();
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode revisions = answer.putArray("revisions");
    for (KubernetesObject revision :
        resources.list(ServingKinds.REVISION, ListQuery.in(namespace)).items()) {
      String owner = revision.labels().getOrDefault(SERVICE_LABEL, "");
      if (service.isEmpty() || service.equals(owner)) {
        RevisionId id = new RevisionId(revision.namespace(), revision.name());
        ObjectNode json = revisions.addObject();
        json.put("namespace", id.namespace()).put("name", id.name()).put("service", owner);
        put(json, seen.getOrDefault(id, NONE));
        putDecisions(json, id);
      }
    }
    return answer;
  }

  private static void put(ObjectNode json, RevisionTraffic now) {
    json.put("actualReplicas", now.readyInstances())
        .put("inFlight", now.inFlight())
        .put("queued", now.waiting())
        .put("requests", now.requests())
        .put("errors", now.serverErrors());
    ObjectNode durations = json.putObject("durations");
    now.durations().upperBounds().forEach(durations.putArray("upperBounds")::add);
    now.durations().counts().forEach(durations.putArray("counts")::add);
  }

  private void putDecisions(ObjectNode json, RevisionId id) {
    scaler
        .lastDecision(id)
        .ifPresent(decision ->
            json.put("desiredReplicas", decision.desired())
                .put("panic", decision.panicking())
                .put("reason", decision.explanation()));
    ArrayNode changes = json.putArray("changes");
    for (ScalingDecision change : scaler.lastChanges(id)) {
      changes
          .addObject()
          .put("at", change.at().toString())
          .put("from", change.before())
          .put("to", change.desired())
          .put("reason", change.explanation());
    }
  }
}
