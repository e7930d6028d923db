package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.AppsKinds;
import dev.ebb.kinds.core.ScalingKinds;
import dev.ebb.kinds.serving.ScalingValues;
import dev.ebb.kinds.settings.ScalingDefaults;
import dev.ebb.reconcile.Children;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The HorizontalPodAutoscaler of a Revision of the class `hpa.autoscaling.knative.dev`, as Knative
/// makes it, with every default spelled out, so that it can be compared with what is stored. Pure.
final class HorizontalResources {
  /// What the API aims at where no target is said.
  private static final int CPU_PERCENT = 80;

  private HorizontalResources() {}

  static KubernetesObject of(KubernetesObject revision, ScalingDefaults config, boolean reachable) {
    ScalingValues values = ScalingValues.ofAnnotations(revision.annotations());
    int least = reachable ? values.count("min-scale").orElse(config.minScale()) : 0;
    int most = values.count("max-scale").orElse(config.maxScale());
    KubernetesObject autoscaler =
        KubernetesObject.of(ScalingKinds.HORIZONTAL_POD_AUTOSCALER.type(), revision.key())
            .with(json -> {
              ObjectNode spec = json.putObject("spec");
              ObjectKey deployment = DeploymentResources.key(revision.key());
              spec.putObject("scaleTargetRef")
                  .put("apiVersion", AppsKinds.DEPLOYMENT.type().apiVersion())
                  .put("kind", AppsKinds.DEPLOYMENT.type().kind())
                  .put("name", deployment.name());
              spec.put("minReplicas", Math.max(1, least));
              spec.put("maxReplicas", most == 0 ? Integer.MAX_VALUE : most);
              metric(values, spec.putArray("metrics").addObject());
              values.duration("window").ifPresent(window -> behavior(spec, window));
            });
    return Children.ownedBy(
        revision,
        autoscaler,
        PodResources.labels(revision),
        RevisionResources.annotations(revision));
  }

  /// A target of `cpu` is in percent of what was requested, one of `memory` in MiB.
  private static void metric(ScalingValues values, ObjectNode metric) {
    String name = values.text("metric").orElse("cpu");
    Optional<Double> target = values.number("target");
    metric.put("type", "Resource");
    ObjectNode resource = metric.putObject("resource");
    if (target.isPresent() && name.equals("memory")) {
      resource.put("name", "memory");
      resource
          .putObject("target")
          .put("type", "AverageValue")
          .put("averageValue", target.get().longValue() + "Mi");
    } else {
      resource.put("name", "cpu");
      resource
          .putObject("target")
          .put("type", "Utilization")
          .put("averageUtilization", target.map(it -> (int) Math.ceil(it)).orElse(CPU_PERCENT));
    }
  }

  private static void behavior(ObjectNode spec, Duration window) {
    ObjectNode behavior = spec.putObject("behavior");
    ArrayNode up = rules(behavior.putObject("scaleUp"), window);
    policy(up, "Pods", 4);
    policy(up, "Percent", 100);
    policy(rules(behavior.putObject("scaleDown"), window), "Percent", 100);
  }

  private static ArrayNode rules(ObjectNode rules, Duration window) {
    return rules
        .put("stabilizationWindowSeconds", window.toSeconds())
        .put("selectPolicy", "Max")
        .putArray("policies");
  }

  private static void policy(ArrayNode policies, String type, int value) {
    policies.addObject().put("type", type).put("value", value).put("periodSeconds", 15);
  }
}
