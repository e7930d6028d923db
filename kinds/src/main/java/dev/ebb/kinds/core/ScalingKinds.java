package dev.ebb.kinds.core;

import static dev.ebb.kinds.api.ApiKinds.define;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindDefinition.Generation;
import java.util.List;

/// Kinds of `autoscaling` and `policy`: stored and shown.
public final class ScalingKinds {
  public static final KindDefinition HORIZONTAL_POD_AUTOSCALER =
      define("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers")
          .shortNames("hpa")
          .categories("all")
          .columns(ScalingColumns.AUTOSCALER)
          .withStatus()
          .generation(Generation.NEVER)
          .rules(ScalingRules.AUTOSCALER)
          .build();

  public static final KindDefinition POD_DISRUPTION_BUDGET =
      define("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets")
          .shortNames("pdb")
          .columns(ScalingColumns.DISRUPTION_BUDGET)
          .withStatus()
          .rules(ScalingRules.DISRUPTION_BUDGET)
          .build();

  public static final List<KindDefinition> ALL =
      List.of(HORIZONTAL_POD_AUTOSCALER, POD_DISRUPTION_BUDGET);

  private ScalingKinds() {}
}
