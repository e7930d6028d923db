package dev.ebb.resources.selector;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one label must be like.
record Requirement(String key, Operator operator, Set<String> values) {
  enum Operator {
    IN,
    NOT_IN,
    EXISTS,
    DOES_NOT_EXIST,
    GREATER_THAN,
    LESS_THAN
  }

  Requirement {
    values = Set.copyOf(values);
  }

  /// As Kubernetes has it, a label that is absent is also not in any set.
  boolean matches(Map<String, String> labels) {
    String value = labels.get(key);
    return switch (operator) {
      case IN -> value != null && values.contains(value);
      case NOT_IN -> value == null || !values.contains(value);
      case EXISTS -> value != null;
      case DOES_NOT_EXIST -> value == null;
      case GREATER_THAN -> compare(value) > 0;
      case LESS_THAN -> compare(value) < 0;
    };
  }

  /// 0, which neither operator accepts, for a label that is absent or not a number.
  private int compare(@Nullable String value) {
    if (value == null || !value.matches("[+-]?[0-9]{1,18}")) {
      return 0;
    }
    return Long.compare(Long.parseLong(value), Long.parseLong(values.iterator().next()));
  }
}
