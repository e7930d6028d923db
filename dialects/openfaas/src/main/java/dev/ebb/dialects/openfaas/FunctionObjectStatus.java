package dev.ebb.dialects.openfaas;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.reconcile.Condition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What an `openfaas.com/v1` Function tells, in the conditions of OpenFaaS's operator: Reconciling
/// while there is something to do, Stalled when it cannot be done, Ready when it is done, Healthy
/// when an instance takes requests. Pure.
///
/// Unlike the operator's, a Function whose new revision cannot start is Stalled, with the reason.
final class FunctionObjectStatus {
  /// What could be made of a Function.
  ///
  /// @param service that is there, whoever owns it
  /// @param revisions those that get its requests
  /// @param profiles that are applied
  /// @param obstacle why there is no such Service
  record Outcome(
      Optional<KubernetesObject> service,
      List<KubernetesObject> revisions,
      List<KubernetesObject> profiles,
      Optional<Obstacle> obstacle) {}

  /// @param reason in CamelCase
  record Obstacle(String reason, String message) {}

  private final ObjectNode status;
  private final long generation;
  private final Instant now;
  private final List<JsonNode> before = new ArrayList<>();
  private final ArrayNode conditions;

  private FunctionObjectStatus(ObjectNode status, long generation, Instant now) {
    this.status = status;
    this.generation = generation;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
    status.path("conditions").forEach(before::add);
    conditions = status.putArray("conditions");
  }

  /// @param status the present one, which is changed and returned
  static ObjectNode plan(
      ObjectNode status, KubernetesObject function, Outcome outcome, Instant now) {
    return new FunctionObjectStatus(status, function.generation(), now).of(outcome);
  }

  private ObjectNode of(Outcome outcome) {
    status.put("observedGeneration", generation);
    long wanted = sum(outcome.revisions(), "desiredReplicas");
    long available = sum(outcome.revisions(), "actualReplicas");
    count("replicas", wanted);
    count("availableReplicas", available);
    count("unavailableReplicas", Math.max(0, wanted - available));
    status.remove("profiles");
    for (KubernetesObject profile : outcome.profiles()) {
      ObjectNode applied = status.withArray("/profiles").addObject();
      applied
          .putObject("profileRef")
          .put("name", profile.name())
          .put("namespace", profile.namespace());
      applied.put("observedGeneration", profile.generation());
    }
    Condition service = outcome.service().map(FunctionObjectStatus::ready).orElse(UNKNOWN);
    Optional<Obstacle> obstacle =
        outcome
            .obstacle()
            .or(() ->
                service.isFalse()
                    ? Optional.of(new Obstacle(reason(service), service.message()))
                    : Optional.empty());
    healthy(wanted, available, service);
    if (obstacle.isPresent()) {
      mark("Ready", "False", obstacle.get().reason(), obstacle.get().message());
      mark("Stalled", "True", obstacle.get().reason(), obstacle.get().message());
    } else if (service.isTrue()) {
      mark("Ready", "True", "Deployed", "The function is deployed.");
    } else {
      mark("Ready", "Unknown", reason(service), service.message());
      mark("Reconciling", "True", reason(service), service.message());
    }
    return status;
  }

  private static final Condition UNKNOWN =
      new Condition(
          Condition.READY, Condition.Status.UNKNOWN, "Deploying", "The Service is being deployed.");

  private static Condition ready(KubernetesObject service) {
    return service.status().path("observedGeneration").asLong(0) == service.generation()
        ? Condition.ready(service)
        : UNKNOWN;
  }

  private static String reason(Condition condition) {
    return condition.reason().isEmpty() ? UNKNOWN.reason() : condition.reason();
  }

  private void healthy(long wanted, long available, Condition service) {
    if (available > 0) {
      mark("Healthy", "True", "Available", "%d instances take requests.".formatted(available));
    } else if (service.isFalse()) {
      mark("Healthy", "False", reason(service), service.message());
    } else if (wanted > 0 || !service.isTrue()) {
      mark("Healthy", "False", "Unavailable", "No instance takes requests yet.");
    } else {
      mark("Healthy", "False", "ScaledToZero", "The next call starts an instance.");
    }
  }

  private void mark(String type, String value, String reason, String message) {
    String since = now.toString();
    for (JsonNode condition : before) {
      if (condition.path("type").asString("").equals(type)
          && condition.path("status").asString("").equals(value)) {
        since = condition.path("lastTransitionTime").asString(since);
      }
    }
    conditions
        .addObject()
        .put("type", type)
        .put("status", value)
        .put("reason", reason)
        .put("message", message)
        .put("observedGeneration", generation)
        .put("lastTransitionTime", since);
  }

  /// Left out where it is none, as Go leaves it out.
  private void count(String field, long count) {
    if (count > 0) {
      status.put(field, count);
    } else {
      status.remove(field);
    }
  }

  private static long sum(List<KubernetesObject> revisions, String field) {
    return revisions.stream().mapToLong(it -> it.status().path(field).asLong(0)).sum();
  }
}
