package dev.ebb.resources.rbac;

import java.util.List;

/// What somebody may do in a namespace.
///
/// @param errors roles that are bound and do not exist
public record HeldRules(List<PolicyRule> rules, List<String> errors) {
  public HeldRules {
    rules = List.copyOf(rules);
    errors = List.copyOf(errors);
  }
}
