/// How many Pods a HorizontalPodAutoscaler wants: Kubernetes's algorithm over objects and readings,
/// without effects.
///
/// A look at a workload goes through four steps: each metric proposes a count ([ReplicaCalculator]
/// over [PodGroups]), the largest is taken, what was proposed before steadies it and policies limit
/// it ([Limits] over [History]), and all of it is told in the status ([HorizontalPlan]).
///
/// Sources: the Kubernetes documentation of horizontal Pod autoscaling, "Algorithm details" and
/// "Configurable scaling behavior"; the reasons and messages of conditions are those of
/// kube-controller-manager.
@NullMarked
package dev.ebb.controllers.scaling;

import org.jspecify.annotations.NullMarked;
