package dev.ebb.kinds.core;

import static dev.ebb.kinds.api.ApiKinds.define;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindDefinition.Generation;
import java.util.List;

/// Kinds of `autoscaling` and `policy`.
public final class ScalingKinds {
  public static final KindDefinition HORIZONTAL_POD_AUTOSCALER =
      define("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers")
          .shortNames("hpa")
          .categories("all")
          .columns(ScalingColumns.AUTOSCALER)
          .withStatus()
          .generation(Generation.NEVER)
          .rules(AutoscalerRules.RULES)
          .build();

  public static final KindDefinition POD_DISRUPTION_BUDGET =
      define("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets")
          .shortNames("pdb")
          .columns(ScalingColumns.DISRUPTION_BUDGET)
          .withStatus()
          .rules(ScalingRules.DISRUPTION_BUDGET)
          .build();

  /// The version that `kubectl autoscale` of before 1.27 writes.
  public static final KindDefinition HORIZONTAL_POD_AUTOSCALER_V1 =
      define("autoscaling/v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers")
          .shortNames("hpa")
          .categories("all")
          .columns(ScalingColumns.AUTOSCALER_V1)
          .withStatus()
          .generation(Generation.NEVER)
          .storedAs("v2", AutoscalerV1.CONVERSION)
          .rules(AutoscalerRules.V1)
          .build();

  public static final KindDefinition POD_DISRUPTION_BUDGET_V1BETA1 =
      OldVersions.define("policy/v1beta1", POD_DISRUPTION_BUDGET, "v1.21+", "v1.25+")
          .rules(ScalingRules.DISRUPTION_BUDGET)
          .build();

  public static final List<KindDefinition> ALL =
      List.of(
          HORIZONTAL_POD_AUTOSCALER,
          HORIZONTAL_POD_AUTOSCALER_V1,
          POD_DISRUPTION_BUDGET,
          POD_DISRUPTION_BUDGET_V1BETA1);

  private ScalingKinds() {}
}
