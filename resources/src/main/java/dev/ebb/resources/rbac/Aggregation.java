package dev.ebb.resources.rbac;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.selector.LabelSelector;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The rules of a ClusterRole that is made of others.
public final class Aggregation {
  private Aggregation() {}

  public static boolean isAggregated(KubernetesObject role) {
    return role.json().path("aggregationRule").path("clusterRoleSelectors").isArray();
  }

  /// The rules of the ClusterRoles that its selectors find, each once, in the order of their names.
  /// What an aggregated ClusterRole among them has counts as it is now; it changes, and then this
  /// changes.
  public static List<JsonNode> rules(
      KubernetesObject role, Collection<KubernetesObject> clusterRoles) {
    Set<JsonNode> rules = new LinkedHashSet<>();
    for (JsonNode node : role.json().path("aggregationRule").path("clusterRoleSelectors")) {
      LabelSelector selector = LabelSelector.of(node);
      clusterRoles.stream()
          .filter(other -> !other.name().equals(role.name()) && selector.test(other.labels()))
          .sorted(Comparator.comparing(KubernetesObject::name))
          .forEach(other -> other.json().path("rules").forEach(rules::add));
    }
    return List.copyOf(rules);
  }
}
