package dev.ebb.controllers.workloads;

import static dev.ebb.controllers.workloads.PlatformPart.API_SERVER;
import static dev.ebb.controllers.workloads.PlatformPart.AUTOSCALER;
import static dev.ebb.controllers.workloads.PlatformPart.CONTROLLERS;
import static dev.ebb.controllers.workloads.PlatformPart.EVENT_LOG;
import static dev.ebb.controllers.workloads.PlatformPart.GATEWAY;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Condition.Status;
import dev.ebb.reconcile.Conditions;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The Deployments of other systems' install manifests whose work a part of Ebb does. Pure.
///
/// They have no Pods, for no such program runs. They are Available while the part of Ebb is, so
/// that `kubectl wait --for=condition=Available` and `kubectl rollout status` in people's scripts
/// tell whether the platform is there. Only what Ebb really does stands here.
public final class ReplacedDeployments {
  public static final String REASON = "ReplacedByEbb";

  private static final String SERVING = "knative-serving";
  private static final String KOURIER = "kourier-system";
  private static final String ISTIO = "istio-system";
  private static final String OPENFAAS = "openfaas";

  private static final Map<ObjectKey, PlatformPart> PARTS =
      Map.ofEntries(
          replaced(SERVING, "activator", GATEWAY),
          replaced(SERVING, "autoscaler", AUTOSCALER),
          replaced(SERVING, "autoscaler-hpa", CONTROLLERS),
          replaced(SERVING, "controller", CONTROLLERS),
          replaced(SERVING, "webhook", API_SERVER),
          // Ingresses: 3scale-kourier-control and networking-istio are their names before 2021.
          replaced(SERVING, "net-kourier-controller", CONTROLLERS),
          replaced(SERVING, "3scale-kourier-control", CONTROLLERS),
          replaced(KOURIER, "3scale-kourier-control", CONTROLLERS),
          replaced(KOURIER, "3scale-kourier-gateway", GATEWAY),
          replaced(SERVING, "net-istio-controller", CONTROLLERS),
          replaced(SERVING, "net-istio-webhook", API_SERVER),
          replaced(SERVING, "networking-istio", CONTROLLERS),
          replaced(SERVING, "istio-webhook", API_SERVER),
          replaced(ISTIO, "istiod", CONTROLLERS),
          replaced(ISTIO, "istio-ingressgateway", GATEWAY),
          replaced(ISTIO, "cluster-local-gateway", GATEWAY),
          replaced(SERVING, "net-contour-controller", CONTROLLERS),
          replaced("contour-external", "contour", CONTROLLERS),
          replaced("contour-internal", "contour", CONTROLLERS),
          // faas-netes is a container of the gateway's since 2019, and was a Deployment before.
          replaced(OPENFAAS, "gateway", GATEWAY),
          replaced(OPENFAAS, "basic-auth-plugin", GATEWAY),
          replaced(OPENFAAS, "faas-netes", CONTROLLERS),
          replaced(OPENFAAS, "faas-idler", AUTOSCALER),
          replaced(OPENFAAS, "autoscaler", AUTOSCALER),
          replaced(OPENFAAS, "cron-connector", CONTROLLERS),
          replaced(OPENFAAS, "queue-worker", EVENT_LOG),
          replaced(OPENFAAS, "nats", EVENT_LOG));

  private ReplacedDeployments() {}

  public static Optional<PlatformPart> part(ObjectKey deployment) {
    return Optional.ofNullable(PARTS.get(deployment));
  }

  /// @param ready whether the part of Ebb does its work now
  public static ObjectNode status(
      ObjectNode status,
      KubernetesObject deployment,
      PlatformPart part,
      boolean ready,
      Instant now) {
    int wanted = DeploymentPlan.replicas(deployment);
    int available = ready ? wanted : 0;
    status.put("observedGeneration", deployment.generation());
    status.put("replicas", wanted).put("updatedReplicas", wanted);
    status.put("readyReplicas", available).put("availableReplicas", available);
    if (ready) {
      status.remove("unavailableReplicas");
    } else {
      status.put("unavailableReplicas", wanted);
    }
    String message =
        "%s %s the work of %s%s."
            .formatted(
                part.described(),
                part.isPlural() ? "do" : "does",
                deployment.name(),
                ready ? "" : " and is not ready yet");
    Status state = ready ? Status.TRUE : Status.FALSE;
    new Conditions(status, now)
        .mark(new Condition(DeploymentStatus.AVAILABLE, state, REASON, message))
        .mark(new Condition(DeploymentStatus.PROGRESSING, Status.TRUE, REASON, message))
        .write();
    return status;
  }

  private static Map.Entry<ObjectKey, PlatformPart> replaced(
      String namespace, String name, PlatformPart part) {
    return Map.entry(new ObjectKey(namespace, name), part);
  }
}
