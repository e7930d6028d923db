package dev.ebb.dialects.openfaas;

import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Scaler;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.Patch;
import dev.ebb.resources.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How many instances a client or an alert asks for. The number is the least that there are from
/// then on, until the next such request or deploy: load adds to it, up to the function's maximum.
/// It is written to the Revisions that get requests, so it outlives the server.
final class Replicas {
  private static final String MIN_SCALE = "autoscaling.knative.dev/min-scale";
  private static final int MOST = 100_000;

  private final Functions functions;
  private final Resources resources;
  private final Scaler scaler;

  Replicas(Functions functions, Resources resources, Scaler scaler) {
    this.functions = functions;
    this.resources = resources;
    this.scaler = scaler;
  }

  /// @param count 0 lets the function rest at once, until it is called
  /// @throws Refusal 400, 404
  void set(ObjectKey function, int count) {
    KubernetesObject service = functions.find(function);
    int max = new ScalingLabels(service.labels()).max();
    int floor = max == 0 ? count : Math.min(count, max);
    Set<String> called = Functions.called(service);
    for (KubernetesObject revision : functions.revisions(function)) {
      if (called.contains(revision.name())) {
        annotate(revision, floor);
        if (floor == 0) {
          scaler.rest(new RevisionId(revision.namespace(), revision.name()));
        }
      }
    }
  }

  /// The body of `POST /system/scale-function/NAME`.
  ///
  /// @throws Refusal 400
  static int asked(JsonNode body) {
    JsonNode replicas = body.path("replicas");
    if (!replicas.isIntegralNumber() || replicas.asLong() < 0 || replicas.asLong() > MOST) {
      throw Refusal.badRequest("replicas must be a whole number from 0 to " + MOST);
    }
    return replicas.asInt();
  }

  /// The body of `POST /system/alert`, as Prometheus's Alertmanager sends it: while an alert fires
  /// there is a step more each time, and the minimum again when it is resolved.
  ///
  /// @throws Refusal 400 for what is no alert; 500 when some could not be followed
  void follow(JsonNode body) {
    if (!body.path("alerts").isArray()) {
      throw Refusal.badRequest("Unable to parse alert, bad format.");
    }
    List<String> failures = new ArrayList<>();
    for (JsonNode alert : body.path("alerts")) {
      ObjectKey function =
          FunctionName.key(alert.path("labels").path("function_name").asString(""));
      try {
        follow(function, alert.path("status").asString(""));
      } catch (Refusal refused) {
        // An alert about what was removed meanwhile is answered for: there is nothing to scale.
        if (refused.status() != 404) {
          failures.add(function.name() + ": " + refused.text());
        }
      }
    }
    if (!failures.isEmpty()) {
      throw new Refusal(500, String.join("\n", failures));
    }
  }

  private void follow(ObjectKey function, String status) {
    KubernetesObject service = functions.find(function);
    ScalingLabels labels = new ScalingLabels(service.labels());
    long present = functions.now(service).replicas();
    int step = Math.ceilDiv(labels.max() * labels.factor(), 100);
    if (status.equals("firing")) {
      if (step > 0) {
        set(function, (int) Math.min(present + step, labels.max()));
      }
    } else {
      set(function, labels.toZero() ? 0 : Math.max(1, labels.min()));
    }
  }

  private void annotate(KubernetesObject revision, int floor) {
    ObjectNode patch = Json.object();
    patch.withObject("/metadata").putObject("annotations").put(MIN_SCALE, Integer.toString(floor));
    try {
      resources.patch(
          ServingKinds.REVISION,
          revision.key(),
          new Patch(Patch.Type.MERGE, patch),
          Writes.OPTIONS);
    } catch (ApiException refused) {
      // Collected since it was listed: it gets no requests either.
      if (!refused.isNotFound()) {
        throw Writes.refusal(refused);
      }
    }
  }
}
