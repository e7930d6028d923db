package dev.ebb.resources.rbac;

import static dev.ebb.resources.rbac.Grants.CREATE;
import static dev.ebb.resources.rbac.Grants.READ;
import static dev.ebb.resources.rbac.Grants.READ_WRITE;
import static dev.ebb.resources.rbac.Grants.WRITE;
import static dev.ebb.resources.rbac.Grants.allow;

import dev.ebb.kinds.rbac.RbacKinds;
import java.util.List;
import java.util.stream.Stream;

/// What `admin`, `edit` and `view` are made of: Kubernetes' own rules for its kinds, and Knative's
/// for its own, Ebb's and OpenFaaS's kinds.
///
/// `view` reads no Secrets, and no roles or bindings: the former would let it act as any
/// ServiceAccount of the namespace.
final class NamespaceRoles {
  private static final List<String> SERVERLESS =
      List.of(
          "serving.knative.dev",
          "eventing.knative.dev",
          "messaging.knative.dev",
          "flows.knative.dev",
          "sources.knative.dev",
          "sinks.knative.dev",
          "ebb.dev",
          "openfaas.com");

  /// What Knative's controllers write for each other.
  private static final List<String> INTERNAL =
      List.of(
          "networking.internal.knative.dev",
          "autoscaling.internal.knative.dev",
          "caching.internal.knative.dev");

  static final List<PolicyRule> VIEW =
      List.of(
          allow(
              "",
              READ,
              "configmaps",
              "endpoints",
              "persistentvolumeclaims",
              "persistentvolumeclaims/status",
              "pods",
              "replicationcontrollers",
              "replicationcontrollers/scale",
              "serviceaccounts",
              "services",
              "services/status"),
          allow(
              "",
              READ,
              "bindings",
              "events",
              "limitranges",
              "namespaces/status",
              "pods/log",
              "pods/status",
              "replicationcontrollers/status",
              "resourcequotas",
              "resourcequotas/status"),
          allow("", READ, "namespaces"),
          allow("discovery.k8s.io", READ, "endpointslices"),
          allow(
              "apps",
              READ,
              "controllerrevisions",
              "daemonsets",
              "daemonsets/status",
              "deployments",
              "deployments/scale",
              "deployments/status",
              "replicasets",
              "replicasets/scale",
              "replicasets/status",
              "statefulsets",
              "statefulsets/scale",
              "statefulsets/status"),
          allow("autoscaling", READ, "horizontalpodautoscalers", "horizontalpodautoscalers/status"),
          allow("batch", READ, "cronjobs", "cronjobs/status", "jobs", "jobs/status"),
          allow("policy", READ, "poddisruptionbudgets", "poddisruptionbudgets/status"),
          allow("networking.k8s.io", READ, "ingresses", "ingresses/status", "networkpolicies"));

  /// As metrics-server brings them.
  static final List<PolicyRule> METRICS = List.of(allow("metrics.k8s.io", READ, "pods", "nodes"));

  static final List<PolicyRule> EDIT =
      List.of(
          allow(
              "",
              READ,
              "pods/attach",
              "pods/exec",
              "pods/portforward",
              "pods/proxy",
              "secrets",
              "services/proxy"),
          allow("", List.of("impersonate"), "serviceaccounts"),
          allow("", WRITE, "pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"),
          allow("", CREATE, "pods/eviction"),
          allow(
              "",
              WRITE,
              "configmaps",
              "events",
              "persistentvolumeclaims",
              "replicationcontrollers",
              "replicationcontrollers/scale",
              "secrets",
              "serviceaccounts",
              "services",
              "services/proxy"),
          allow("", CREATE, "serviceaccounts/token"),
          allow(
              "apps",
              WRITE,
              "daemonsets",
              "deployments",
              "deployments/rollback",
              "deployments/scale",
              "replicasets",
              "replicasets/scale",
              "statefulsets",
              "statefulsets/scale"),
          allow("autoscaling", WRITE, "horizontalpodautoscalers"),
          allow("batch", WRITE, "cronjobs", "jobs"),
          allow("policy", WRITE, "poddisruptionbudgets"),
          allow("networking.k8s.io", WRITE, "ingresses", "networkpolicies"),
          allow("coordination.k8s.io", READ_WRITE, "leases"));

  static final List<PolicyRule> ADMIN =
      List.of(
          allow("authorization.k8s.io", CREATE, "localsubjectaccessreviews"),
          allow(RbacKinds.GROUP, READ_WRITE, "rolebindings", "roles"));

  static final List<PolicyRule> SERVERLESS_VIEW =
      List.of(everything(Stream.concat(SERVERLESS.stream(), INTERNAL.stream()).toList(), READ));

  static final List<PolicyRule> SERVERLESS_EDIT = List.of(everything(SERVERLESS, WRITE));

  static final List<PolicyRule> SERVERLESS_ADMIN = List.of(everything(SERVERLESS, List.of("*")));

  private NamespaceRoles() {}

  private static PolicyRule everything(List<String> groups, List<String> verbs) {
    return new PolicyRule(verbs, groups, List.of("*"), List.of(), List.of());
  }
}
