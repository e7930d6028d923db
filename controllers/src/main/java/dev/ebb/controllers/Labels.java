package dev.ebb.controllers;

import java.util.List;
import java.util.Set;

/// Labels and annotations of Knative Serving, as its clients select and show them.
final class Labels {
  static final String SERVICE = "serving.knative.dev/service";
  static final String SERVICE_UID = "serving.knative.dev/serviceUID";
  static final String CONFIGURATION = "serving.knative.dev/configuration";
  static final String CONFIGURATION_GENERATION = "serving.knative.dev/configurationGeneration";
  static final String CONFIGURATION_UID = "serving.knative.dev/configurationUID";
  static final String REVISION = "serving.knative.dev/revision";
  static final String REVISION_UID = "serving.knative.dev/revisionUID";
  static final String ROUTING_STATE = "serving.knative.dev/routingState";
  static final String ROUTING_STATE_MODIFIED = "serving.knative.dev/routingStateModified";
  static final String ROUTE = "serving.knative.dev/route";
  static final String ROUTES = "serving.knative.dev/routes";
  static final String NO_GC = "serving.knative.dev/no-gc";

  /// What `kubectl apply` remembers of an object; of another one it would be untrue.
  static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  static final String FUNCTION = "ebb.dev/function";
  static final String VISIBILITY = "networking.knative.dev/visibility";

  /// Of Services and Routes; the first that is there counts.
  static final List<String> ROLLOUT_DURATION =
      List.of("serving.knative.dev/rollout-duration", "serving.knative.dev/rolloutDuration");

  /// Of Services, Routes and DomainMappings; the first that is there counts.
  static final List<String> HTTP_PROTOCOL =
      List.of("networking.knative.dev/httpOption", "networking.knative.dev/http-protocol");

  /// As [#HTTP_PROTOCOL].
  static final List<String> DISABLE_EXTERNAL_DOMAIN_TLS =
      List.of(
          "networking.knative.dev/disableAutoTLS",
          "networking.knative.dev/disable-auto-tls",
          "networking.knative.dev/disable-external-domain-tls");

  /// Of Services and Routes.
  static final String SESSION_AFFINITY = "serving.ebb.dev/session-affinity";

  static final String COOKIE = "cookie";

  /// Of Revisions, Ebb's own: what Knative's `autoscaling.knative.dev/metric` has no word for.
  static final String SCALING_METRIC = "serving.ebb.dev/scaling-metric";

  private static final String LAST_PINNED = "serving.knative.dev/lastPinned";

  /// How few instances there may be; clients of OpenFaaS change it on a Revision that runs.
  private static final String MIN_SCALE = "autoscaling.knative.dev/min-scale";

  /// Annotations of a Revision that its Pods do not have: what changes them concerns no instance.
  static final Set<String> NOT_OF_PODS =
      Set.of(ROUTES, ROUTING_STATE_MODIFIED, NO_GC, LAST_PINNED, MIN_SCALE);

  private Labels() {}
}
