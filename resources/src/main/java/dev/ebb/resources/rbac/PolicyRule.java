package dev.ebb.resources.rbac;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One entry of a role's `rules`.
///
/// @param nonResourceUrls paths; a `*` at the end stands for any rest
public record PolicyRule(
    List<String> verbs,
    List<String> apiGroups,
    List<String> resources,
    List<String> resourceNames,
    List<String> nonResourceUrls) {
  static final String ALL = "*";

  public PolicyRule {
    verbs = List.copyOf(verbs);
    apiGroups = List.copyOf(apiGroups);
    resources = List.copyOf(resources);
    resourceNames = List.copyOf(resourceNames);
    nonResourceUrls = List.copyOf(nonResourceUrls);
  }

  public static PolicyRule read(JsonNode rule) {
    return new PolicyRule(
        strings(rule.path("verbs")),
        strings(rule.path("apiGroups")),
        strings(rule.path("resources")),
        strings(rule.path("resourceNames")),
        strings(rule.path("nonResourceURLs")));
  }

  /// @param role a Role or ClusterRole
  public static List<PolicyRule> ofRole(JsonNode role) {
    return role.path("rules").valueStream().map(PolicyRule::read).toList();
  }

  /// As a role has it: empty lists are left out.
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    put(json, "apiGroups", apiGroups);
    put(json, "nonResourceURLs", nonResourceUrls);
    put(json, "resourceNames", resourceNames);
    put(json, "resources", resources);
    put(json, "verbs", verbs);
    return json;
  }

  boolean allows(AccessRequest request) {
    if (!matches(verbs, request.verb())) {
      return false;
    }
    return request.isForResource() ? allowsResource(request) : allowsPath(request.path());
  }

  private boolean allowsResource(AccessRequest request) {
    return matches(apiGroups, request.group())
        && coversResource(request.qualifiedResource(), request.subresource())
        && (resourceNames.isEmpty() || resourceNames.contains(request.name()));
  }

  /// `pods` is not `pods/log`; `*` is both; `*/log` is the latter of any resource.
  boolean coversResource(String qualified, String subresource) {
    for (String resource : resources) {
      if (resource.equals(ALL)
          || resource.equals(qualified)
          || (!subresource.isEmpty() && resource.equals("*/" + subresource))) {
        return true;
      }
    }
    return false;
  }

  boolean allowsPath(String path) {
    for (String url : nonResourceUrls) {
      if (url.equals(path)
          || (url.endsWith(ALL) && path.startsWith(url.substring(0, url.length() - 1)))) {
        return true;
      }
    }
    return false;
  }

  static boolean matches(List<String> allowed, String wanted) {
    return allowed.contains(ALL) || allowed.contains(wanted);
  }

  private static void put(ObjectNode json, String field, List<String> values) {
    if (!values.isEmpty()) {
      values.forEach(json.putArray(field)::add);
    }
  }

  private static List<String> strings(JsonNode list) {
    List<String> values = new ArrayList<>();
    list.forEach(value -> values.add(value.asString("")));
    return values;
  }
}
