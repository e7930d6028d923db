package dev.ebb.resources.selector;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// A conjunction of `field=value` and `field!=value`; without any it matches everything.
public final class FieldSelector implements Predicate<KubernetesObject> {
  private record Term(List<String> path, boolean equal, String value) {}

  private final List<Term> terms;

  private FieldSelector(List<Term> terms) {
    this.terms = List.copyOf(terms);
  }

  /// Reads the form of a URL; commas, equal signs and backslashes in values are escaped by `\`.
  ///
  /// @throws SelectorException when it cannot be read, or names a field that the kind is not
  ///   selected by
  public static FieldSelector parse(String text, KindDefinition kind) {
    List<Term> terms = new ArrayList<>();
    for (String term : split(text)) {
      if (!term.isEmpty()) {
        terms.add(term(term, kind));
      }
    }
    return new FieldSelector(terms);
  }

  private static Term term(String term, KindDefinition kind) {
    int equals = term.indexOf('=');
    if (equals < 0) {
      throw new SelectorException(
          "invalid selector: '%s'; can't understand '%s'".formatted(term, term));
    }
    boolean negated = equals > 0 && term.charAt(equals - 1) == '!';
    String field = term.substring(0, negated ? equals - 1 : equals).strip();
    int start = term.startsWith("==", equals) ? equals + 2 : equals + 1;
    if (!SelectableFields.contains(kind, field)) {
      throw new SelectorException(SelectableFields.refusal(kind, field));
    }
    return new Term(List.of(field.split("\\.")), !negated, unescape(term.substring(start)));
  }

  private static List<String> split(String text) {
    List<String> terms = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == ',') {
        terms.add(text.substring(start, i));
        start = i + 1;
      }
    }
    terms.add(text.substring(start));
    return terms;
  }

  private static String unescape(String value) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\') {
        i++;
        if (i == value.length() || "\\,=".indexOf(value.charAt(i)) < 0) {
          throw new SelectorException("invalid field selector: invalid escape sequence: " + value);
        }
        plain.append(value.charAt(i));
      } else if (c == '=') {
        throw new SelectorException(
            "invalid field selector: unescaped character in value: " + value);
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  public boolean isEmpty() {
    return terms.isEmpty();
  }

  @Override
  public boolean test(KubernetesObject object) {
    for (Term term : terms) {
      JsonNode node = object.json();
      for (String field : term.path()) {
        node = node.path(field);
      }
      if (node.asString("").equals(term.value()) != term.equal()) {
        return false;
      }
    }
    return true;
  }
}
