package dev.ebb.resources.selector;

import dev.ebb.resources.selector.Requirement.Operator;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A conjunction of requirements on labels; without any it matches everything.
public final class LabelSelector implements Predicate<Map<String, String>> {
  private final List<Requirement> requirements;

  LabelSelector(List<Requirement> requirements) {
    this.requirements = List.copyOf(requirements);
  }

  /// Reads the form of a URL: `app=a,tier in (x,y),!old,size>3`.
  ///
  /// @throws SelectorException when it cannot be read
  public static LabelSelector parse(String text) {
    return new LabelSelector(new LabelSelectorParser(text).parse());
  }

  /// Reads the form of an object: `matchLabels` and `matchExpressions`.
  ///
  /// @throws SelectorException for an unknown operator
  public static LabelSelector of(JsonNode selector) {
    List<Requirement> requirements = new ArrayList<>();
    for (Map.Entry<String, JsonNode> label : selector.path("matchLabels").properties()) {
      requirements.add(
          new Requirement(label.getKey(), Operator.IN, Set.of(label.getValue().asString(""))));
    }
    for (JsonNode expression : selector.path("matchExpressions")) {
      Set<String> values = new LinkedHashSet<>();
      expression.path("values").forEach(value -> values.add(value.asString("")));
      String operator = expression.path("operator").asString("");
      requirements.add(
          new Requirement(
              expression.path("key").asString(""),
              switch (operator) {
                case "In" -> Operator.IN;
                case "NotIn" -> Operator.NOT_IN;
                case "Exists" -> Operator.EXISTS;
                case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
                default ->
                    throw new SelectorException(
                        "\"" + operator + "\" is not a valid label selector operator");
              },
              values));
    }
    return new LabelSelector(requirements);
  }

  /// Whether they ask for the same in the same order.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LabelSelector that && requirements.equals(that.requirements);
  }

  @Override
  public int hashCode() {
    return requirements.hashCode();
  }

  @Override
  public String toString() {
    return requirements.toString();
  }

  public boolean isEmpty() {
    return requirements.isEmpty();
  }

  @Override
  public boolean test(Map<String, String> labels) {
    for (Requirement requirement : requirements) {
      if (!requirement.matches(labels)) {
        return false;
      }
    }
    return true;
  }
}
