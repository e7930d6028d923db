package dev.ebb.resources.selector;

import dev.ebb.kinds.KindDefinition;
import java.util.Map;
import java.util.Set;

/// By which fields Kubernetes lets the objects of a kind be selected.
final class SelectableFields {
  private static final Set<String> ANY_KIND = Set.of("metadata.name", "metadata.namespace");

  private static final Map<String, Set<String>> MORE =
      Map.of(
          "pods",
          Set.of(
              "spec.nodeName",
              "spec.restartPolicy",
              "spec.schedulerName",
              "spec.serviceAccountName",
              "spec.hostNetwork",
              "status.phase",
              "status.podIP",
              "status.nominatedNodeName"),
          "events",
          Set.of(
              "involvedObject.kind",
              "involvedObject.namespace",
              "involvedObject.name",
              "involvedObject.uid",
              "involvedObject.apiVersion",
              "involvedObject.resourceVersion",
              "involvedObject.fieldPath",
              "reason",
              "reportingComponent",
              "type"),
          "events.events.k8s.io",
          Set.of(
              "regarding.kind",
              "regarding.namespace",
              "regarding.name",
              "regarding.uid",
              "regarding.apiVersion",
              "regarding.resourceVersion",
              "regarding.fieldPath",
              "reason",
              "reportingController",
              "type"),
          "secrets",
          Set.of("type"),
          "namespaces",
          Set.of("status.phase"),
          "nodes",
          Set.of("spec.unschedulable"),
          "services",
          Set.of("spec.clusterIP", "spec.type"),
          "replicasets.apps",
          Set.of("status.replicas"),
          "jobs.batch",
          Set.of("status.successful"));

  private SelectableFields() {}

  /// What Kubernetes says depends on whether a kind has fields of its own to be selected by.
  static String refusal(KindDefinition kind, String field) {
    boolean ownFields = !kind.strategicMergePatch() || MORE.containsKey(kind.qualifiedPlural());
    return ownFields
        ? "field label not supported: " + field
        : "\"%s\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
            .formatted(field);
  }

  static boolean contains(KindDefinition kind, String field) {
    return ANY_KIND.contains(field)
        || kind.custom().map(traits -> traits.selectableFields().contains(field)).orElse(false)
        || MORE.getOrDefault(kind.qualifiedPlural(), Set.of()).contains(field);
  }
}
