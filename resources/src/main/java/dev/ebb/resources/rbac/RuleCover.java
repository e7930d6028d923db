package dev.ebb.resources.rbac;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Whether some rules allow everything that others do.
///
/// A rule is taken apart into its smallest parts (one group, one resource, one verb, one name), and
/// each part has to be allowed by one rule that is held. So a part that only two rules together
/// would allow counts as missing, as in Kubernetes.
final class RuleCover {
  private RuleCover() {}

  /// The parts of `wanted` that no rule in `held` allows.
  static List<PolicyRule> missing(List<PolicyRule> held, List<PolicyRule> wanted) {
    return wanted.stream()
        .flatMap(rule -> parts(rule).stream())
        .filter(part -> held.stream().noneMatch(rule -> covers(rule, part)))
        .toList();
  }

  /// One line for each rule, without repetition, as Kubernetes prints them.
  static String describe(List<PolicyRule> rules) {
    Map<PolicyRule, List<String>> verbsOfSimple = new LinkedHashMap<>();
    List<PolicyRule> compact = new ArrayList<>();
    for (PolicyRule rule : rules) {
      if (isSimple(rule)) {
        verbsOfSimple
            .computeIfAbsent(with(rule, List.of()), key -> new ArrayList<>())
            .addAll(rule.verbs());
      } else {
        compact.add(rule);
      }
    }
    verbsOfSimple.forEach((rule, verbs) -> compact.add(with(rule, verbs)));
    return compact.stream()
        .map(RuleCover::describe)
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .collect(Collectors.joining("\n"));
  }

  private static List<PolicyRule> parts(PolicyRule rule) {
    List<PolicyRule> parts = new ArrayList<>();
    for (String verb : rule.verbs()) {
      List<String> verbs = List.of(verb);
      for (String group : rule.apiGroups()) {
        for (String resource : rule.resources()) {
          List<String> groups = List.of(group);
          List<String> resources = List.of(resource);
          if (rule.resourceNames().isEmpty()) {
            parts.add(new PolicyRule(verbs, groups, resources, List.of(), List.of()));
          }
          for (String name : rule.resourceNames()) {
            parts.add(new PolicyRule(verbs, groups, resources, List.of(name), List.of()));
          }
        }
      }
      for (String url : rule.nonResourceUrls()) {
        parts.add(new PolicyRule(verbs, List.of(), List.of(), List.of(), List.of(url)));
      }
    }
    return parts;
  }

  private static boolean covers(PolicyRule held, PolicyRule part) {
    if (!PolicyRule.matches(held.verbs(), part.verbs().getFirst())) {
      return false;
    }
    if (!part.nonResourceUrls().isEmpty()) {
      return held.allowsPath(part.nonResourceUrls().getFirst());
    }
    String resource = part.resources().getFirst();
    String subresource = resource.substring(resource.indexOf('/') + 1);
    return PolicyRule.matches(held.apiGroups(), part.apiGroups().getFirst())
        && held.coversResource(resource, subresource.equals(resource) ? "" : subresource)
        && (held.resourceNames().isEmpty()
            || (!part.resourceNames().isEmpty()
                && held.resourceNames().containsAll(part.resourceNames())));
  }

  private static boolean isSimple(PolicyRule rule) {
    return rule.apiGroups().size() == 1
        && rule.resources().size() == 1
        && rule.resourceNames().size() <= 1
        && rule.nonResourceUrls().isEmpty();
  }

  private static PolicyRule with(PolicyRule rule, List<String> verbs) {
    return new PolicyRule(
        verbs, rule.apiGroups(), rule.resources(), rule.resourceNames(), rule.nonResourceUrls());
  }

  private static String describe(PolicyRule rule) {
    List<String> parts = new ArrayList<>();
    add(parts, "APIGroups", rule.apiGroups());
    add(parts, "Resources", rule.resources());
    add(parts, "NonResourceURLs", rule.nonResourceUrls());
    add(parts, "ResourceNames", rule.resourceNames());
    add(parts, "Verbs", rule.verbs());
    return "{" + String.join(", ", parts) + "}";
  }

  private static void add(List<String> parts, String field, List<String> values) {
    if (!values.isEmpty()) {
      parts.add(field + ":" + quoted(values));
    }
  }

  /// A list as Go prints one with `%q`.
  static String quoted(List<String> values) {
    return values.stream()
        .map(value -> "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
        .collect(Collectors.joining(" ", "[", "]"));
  }
}
