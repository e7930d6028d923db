package dev.ebb.kinds;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The part of kubectl's JSONPath dialect that printer columns use: fields (`.status.url`,
/// `['a.b']`, with a backslash before a dot that is part of the name), indexes (`[0]`, `[-1]`), all
/// of a list (`[*]`) and filters by equality (`[?(@.type=='Ready')]`).
public final class JsonPath {
  private final List<Step> steps;

  private JsonPath(List<Step> steps) {
    this.steps = steps;
  }

  /// From one node to those that it leads to.
  @FunctionalInterface
  private interface Step {
    Stream<JsonNode> from(JsonNode node);
  }

  /// @throws IllegalArgumentException for what this dialect does not have
  public static JsonPath compile(String path) {
    return new JsonPath(new Reader(path).steps());
  }

  /// In the order of the document; empty where the path leads nowhere.
  public List<JsonNode> find(JsonNode root) {
    Stream<JsonNode> nodes = Stream.of(root);
    for (Step step : steps) {
      nodes = nodes.flatMap(step::from);
    }
    return nodes.toList();
  }

  private static Step field(String name) {
    return node -> present(node.path(name));
  }

  private static Step index(int index) {
    return node -> present(node.path(index < 0 ? node.size() + index : index));
  }

  private static Step filter(JsonPath left, String value, boolean equal) {
    return node ->
        node.valueStream()
            .filter(item ->
                left.find(item).stream().anyMatch(found -> found.asString("").equals(value))
                    == equal);
  }

  private static Stream<JsonNode> present(JsonNode node) {
    return node.isMissingNode() ? Stream.empty() : Stream.of(node);
  }

  /// Reads a path once, from left to right.
  private static final class Reader {
    private final String path;
    private int at;

    Reader(String path) {
      this.path = path;
    }

    List<Step> steps() {
      List<Step> steps = new ArrayList<>();
      if (path.startsWith("$") || path.startsWith("@")) {
        at = 1;
      }
      while (at < path.length()) {
        char next = path.charAt(at);
        if (next == '.') {
          at++;
          if (at < path.length()) {
            steps.add(field(name()));
          }
        } else if (next == '[') {
          steps.add(bracket(inBrackets()));
        } else {
          throw bad("expected '.' or '['");
        }
      }
      return steps;
    }

    private String name() {
      StringBuilder name = new StringBuilder();
      while (at < path.length() && path.charAt(at) != '.' && path.charAt(at) != '[') {
        if (path.charAt(at) == '\\' && at + 1 < path.length()) {
          at++;
        }
        name.append(path.charAt(at++));
      }
      if (name.isEmpty()) {
        throw bad("expected a name");
      }
      return name.toString();
    }

    private String inBrackets() {
      int start = at + 1;
      char quote = 0;
      for (int i = start; i < path.length(); i++) {
        char c = path.charAt(i);
        if (quote != 0) {
          quote = c == quote ? 0 : quote;
        } else if (c == '\'' || c == '"') {
          quote = c;
        } else if (c == ']') {
          at = i + 1;
          return path.substring(start, i).strip();
        }
      }
      throw bad("no closing ']'");
    }

    private Step bracket(String inside) {
      if (inside.equals("*")) {
        return JsonNode::valueStream;
      }
      if (inside.startsWith("?(") && inside.endsWith(")")) {
        return comparison(inside.substring(2, inside.length() - 1));
      }
      if (isQuoted(inside)) {
        return field(inside.substring(1, inside.length() - 1).replace("\\.", "."));
      }
      try {
        return index(Integer.parseInt(inside));
      } catch (NumberFormatException notAnIndex) {
        throw bad("'[" + inside + "]' is not supported");
      }
    }

    private Step comparison(String inside) {
      int equal = inside.indexOf("==");
      int operator = equal >= 0 ? equal : inside.indexOf("!=");
      if (operator < 0) {
        throw bad("a filter compares with == or !=");
      }
      String right = inside.substring(operator + 2).strip();
      return filter(
          compile(inside.substring(0, operator).strip()),
          isQuoted(right) ? right.substring(1, right.length() - 1) : right,
          equal >= 0);
    }

    private static boolean isQuoted(String text) {
      return text.length() >= 2
          && (text.charAt(0) == '\'' || text.charAt(0) == '"')
          && text.charAt(text.length() - 1) == text.charAt(0);
    }

    private IllegalArgumentException bad(String why) {
      return new IllegalArgumentException("JSONPath " + path + ": " + why);
    }
  }
}
