package dev.ebb.kinds.settings;

import dev.ebb.kinds.settings.GoTemplate.Expression;
import dev.ebb.kinds.settings.GoTemplate.Part;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads one [GoTemplate]. Not thread-safe.
final class GoTemplateParser {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?<token>\"(?:[^\"\\\\\\n]|\\\\.)*\"|`[^`]*`|(?:\\.[A-Za-z_]\\w*)+|[A-Za-z_]\\w*|[()])"
              + "\\s*");
  private static final Pattern COMMENT = Pattern.compile("/\\*.*\\*/", Pattern.DOTALL);

  /// The functions, with the least and the most arguments that they take.
  private static final Map<String, int[]> FUNCTIONS =
      Map.of(
          "index", new int[] {2, 2},
          "js", new int[] {1, 1},
          "html", new int[] {1, 1},
          "urlquery", new int[] {1, 1},
          "eq", new int[] {2, 9},
          "ne", new int[] {2, 2},
          "and", new int[] {1, 9},
          "or", new int[] {1, 9},
          "not", new int[] {1, 1});

  private static final int MAX_DEPTH = 100;

  private final String name;
  private final String source;
  private int position;
  private int depth;

  GoTemplateParser(String name, String source) {
    this.name = name;
    this.source = source;
  }

  List<Part> parse() {
    Block block = block();
    if (!block.end.isEmpty()) {
      throw failed("unexpected {{%s}}".formatted(block.end));
    }
    return block.parts;
  }

  /// @param end the action at which it ends; empty at the end of the text
  private record Block(List<Part> parts, String end) {}

  private Block block() {
    if (++depth > MAX_DEPTH) {
      throw failed("too deeply nested");
    }
    List<Part> parts = new ArrayList<>();
    while (position < source.length()) {
      String action = action(parts);
      if (action.equals("end") || action.equals("else") || action.startsWith("else ")) {
        depth--;
        return new Block(parts, action);
      }
      if (action.startsWith("if ")) {
        parts.add(choice(action.substring("if ".length())));
      } else if (!action.isEmpty()) {
        parts.add(new Part.Print(expression(action)));
      }
    }
    depth--;
    return new Block(parts, "");
  }

  private Part choice(String condition) {
    Block then = block();
    if (then.end.isEmpty()) {
      throw failed("unexpected EOF");
    }
    List<Part> otherwise = List.of();
    if (then.end.startsWith("else if ")) {
      otherwise = List.of(choice(then.end.substring("else if ".length())));
    } else if (then.end.equals("else")) {
      Block last = block();
      if (!last.end.equals("end")) {
        throw failed(
            last.end.isEmpty() ? "unexpected EOF" : "unexpected {{%s}}".formatted(last.end));
      }
      otherwise = last.parts;
    } else if (!then.end.equals("end")) {
      throw failed("unexpected {{%s}}".formatted(then.end));
    }
    return new Part.Choice(expression(condition), then.parts, otherwise);
  }

  /// The next action, behind the text before it; empty at the end of the source and for a comment.
  private String action(List<Part> parts) {
    int open = source.indexOf("{{", position);
    String text = source.substring(position, open < 0 ? source.length() : open);
    if (open < 0) {
      position = source.length();
      add(text, parts);
      return "";
    }
    int close = source.indexOf("}}", open);
    if (close < 0) {
      throw failed("unclosed action");
    }
    String inner = source.substring(open + 2, close);
    position = close + 2;
    if (inner.startsWith("- ")) {
      inner = inner.substring(1);
      text = text.stripTrailing();
    }
    if (inner.endsWith(" -")) {
      inner = inner.substring(0, inner.length() - 1);
      while (position < source.length() && Character.isWhitespace(source.charAt(position))) {
        position++;
      }
    }
    add(text, parts);
    String action = inner.strip().replaceAll("^(else\\s+if|else|if|end)\\s+", "$1 ");
    if (COMMENT.matcher(action).matches()) {
      return "";
    }
    if (action.isEmpty()) {
      throw failed("missing value for command");
    }
    return action;
  }

  private static void add(String text, List<Part> parts) {
    if (!text.isEmpty()) {
      parts.add(new Part.Text(text));
    }
  }

  private Expression expression(String action) {
    Deque<String> tokens = new ArrayDeque<>();
    Matcher matcher = TOKEN.matcher(action);
    int at = 0;
    while (at < action.length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        throw failed("unexpected \"%s\" in operand".formatted(action.substring(at).strip()));
      }
      tokens.add(matcher.group("token"));
      at = matcher.end();
    }
    Expression expression = command(tokens);
    if (!tokens.isEmpty()) {
      throw failed("unexpected \"%s\" in command".formatted(tokens.getFirst()));
    }
    return expression;
  }

  private Expression command(Deque<String> tokens) {
    if (tokens.isEmpty()) {
      throw failed("missing value for command");
    }
    if (!Character.isLetter(tokens.getFirst().charAt(0)) || isTruth(tokens.getFirst())) {
      Expression operand = operand(tokens);
      boolean more = !tokens.isEmpty() && !tokens.getFirst().equals(")");
      return more && operand instanceof Expression.Field(List<String> path) && isGet(path)
          ? new Expression.Call(
              "Get",
              List.of(new Expression.Field(path.subList(0, path.size() - 1)), operand(tokens)))
          : operand;
    }
    String function = tokens.removeFirst();
    int[] arity = FUNCTIONS.get(function);
    if (arity == null) {
      throw failed("function \"%s\" not defined".formatted(function));
    }
    List<Expression> arguments = new ArrayList<>();
    while (!tokens.isEmpty() && !tokens.getFirst().equals(")")) {
      arguments.add(operand(tokens));
    }
    if (arguments.size() < arity[0] || arguments.size() > arity[1]) {
      throw failed(
          "wrong number of args for %s: want %d got %d"
              .formatted(function, arity[0], arguments.size()));
    }
    return new Expression.Call(function, arguments);
  }

  private Expression operand(Deque<String> tokens) {
    String token = tokens.removeFirst();
    char first = token.charAt(0);
    if (first == '.') {
      return new Expression.Field(Arrays.asList(token.substring(1).split("\\.", -1)));
    }
    if (first == '`') {
      return new Expression.Literal(token.substring(1, token.length() - 1));
    }
    if (first == '"') {
      return new Expression.Literal(
          token.substring(1, token.length() - 1).replaceAll("\\\\(.)", "$1"));
    }
    if (isTruth(token)) {
      return new Expression.Literal(Boolean.valueOf(token));
    }
    if (first == '(') {
      if (++depth > MAX_DEPTH) {
        throw failed("too deeply nested");
      }
      Expression inner = command(tokens);
      if (tokens.isEmpty() || !tokens.removeFirst().equals(")")) {
        throw failed("unclosed left paren");
      }
      depth--;
      return inner;
    }
    throw failed("unexpected \"%s\" in operand".formatted(token));
  }

  /// The one method of Go's that takes an argument.
  private static boolean isGet(List<String> path) {
    return path.size() > 1 && path.getLast().equals("Get");
  }

  private static boolean isTruth(String token) {
    return token.equals("true") || token.equals("false");
  }

  private InvalidSettingException failed(String why) {
    long line = source.substring(0, position).lines().count();
    return new InvalidSettingException(
        "template: %s:%d: %s".formatted(name, Math.max(1, line), why));
  }
}
