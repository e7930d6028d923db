package dev.ebb.resources.selector;

import dev.ebb.kinds.Names;
import dev.ebb.resources.selector.Requirement.Operator;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Recursive descent over the grammar of label selectors (apimachinery, `labels.Parse`).
final class LabelSelectorParser {
  private static final String SYMBOLS = "=!(),<>";

  private final String text;
  private final List<String> tokens;
  private int next;

  LabelSelectorParser(String text) {
    this.text = text;
    this.tokens = tokens(text);
  }

  List<Requirement> parse() {
    List<Requirement> requirements = new ArrayList<>();
    if (peek().isEmpty()) {
      return requirements;
    }
    requirements.add(requirement());
    while (peek().equals(",")) {
      next++;
      requirements.add(requirement());
    }
    if (!peek().isEmpty()) {
      throw unexpected("',' or 'end of string'");
    }
    return requirements;
  }

  private Requirement requirement() {
    if (peek().equals("!")) {
      next++;
      return new Requirement(key(), Operator.DOES_NOT_EXIST, Set.of());
    }
    String key = key();
    String operator = peek();
    return switch (operator) {
      case "", "," -> new Requirement(key, Operator.EXISTS, Set.of());
      case "=", "==" -> new Requirement(key, Operator.IN, Set.of(operand()));
      case "!=" -> new Requirement(key, Operator.NOT_IN, Set.of(operand()));
      case "in" -> new Requirement(key, Operator.IN, set());
      case "notin" -> new Requirement(key, Operator.NOT_IN, set());
      case ">" -> new Requirement(key, Operator.GREATER_THAN, Set.of(number()));
      case "<" -> new Requirement(key, Operator.LESS_THAN, Set.of(number()));
      default -> throw unexpected("in, notin, =, ==, !=, <, >");
    };
  }

  private String key() {
    String key = word("identifier");
    Names.qualifiedName(key).ifPresent(problem -> fail("key", key, problem));
    return key;
  }

  /// The value after a comparison; `a=` and `a=,b` mean the empty string.
  private String operand() {
    next++;
    return peek().isEmpty() || peek().equals(",") ? "" : value();
  }

  private String number() {
    String value = operand();
    if (!value.matches("[+-]?[0-9]{1,18}")) {
      fail("values[0]", value, "for 'Gt', 'Lt' operators, the value must be an integer");
    }
    return value;
  }

  private Set<String> set() {
    next++;
    expect("(");
    Set<String> values = new LinkedHashSet<>();
    while (true) {
      if (peek().equals(",") || peek().equals(")")) {
        values.add("");
      } else {
        values.add(value());
      }
      if (!peek().equals(",")) {
        expect(")");
        return values;
      }
      next++;
    }
  }

  private String value() {
    String value = word("identifier");
    Names.labelValue(value).ifPresent(problem -> fail("values[0]", value, problem));
    return value;
  }

  private String word(String expected) {
    String token = peek();
    if (token.isEmpty() || SYMBOLS.indexOf(token.charAt(0)) >= 0) {
      throw unexpected(expected);
    }
    next++;
    return token;
  }

  private void expect(String symbol) {
    if (!peek().equals(symbol)) {
      throw unexpected("'" + symbol + "'");
    }
    next++;
  }

  /// The empty string at the end.
  private String peek() {
    return next < tokens.size() ? tokens.get(next) : "";
  }

  private SelectorException unexpected(String expected) {
    return new SelectorException(
        "unable to parse requirement: found '%s', expected: %s".formatted(peek(), expected));
  }

  private void fail(String field, String value, String problem) {
    throw new SelectorException(
        "unable to parse requirement: %s: Invalid value: \"%s\": %s in \"%s\""
            .formatted(field, value, problem, text));
  }

  private static List<String> tokens(String text) {
    List<String> tokens = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
        continue;
      }
      int end = at + 1;
      if (SYMBOLS.indexOf(c) < 0) {
        while (end < text.length()
            && SYMBOLS.indexOf(text.charAt(end)) < 0
            && !Character.isWhitespace(text.charAt(end))) {
          end++;
        }
      } else if ((c == '=' || c == '!') && end < text.length() && text.charAt(end) == '=') {
        end++;
      }
      tokens.add(text.substring(at, end));
      at = end;
    }
    return tokens;
  }
}
