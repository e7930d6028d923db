package dev.ebb.kinds.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A template as Go's `text/template` reads it, with what names need: fields, `index` of a map,
/// `js`, `html`, `urlquery`, `.Get` of headers, `if`, `else` and `end` with `eq`, `ne`, `and`,
/// `or`, `not`, literals, comments, and `{{-` with `-}}`. Anything else is refused when it is
/// parsed. Immutable.
///
/// Source: the documentation of Go's `text/template`.
public final class GoTemplate {
  /// What a template is about.
  ///
  /// @param type its name in Go, for messages
  /// @param fields texts, maps from texts to texts, [Lookup]s, or further subjects
  public record Subject(String type, Map<String, Object> fields) {
    public Subject {
      fields = Map.copyOf(fields);
    }
  }

  /// Something that is asked by `.Get`, as Go's `http.Header`, and cannot be shown as a whole.
  public interface Lookup {
    /// Empty for nothing.
    String get(String name);
  }

  /// What Go writes for a key that a map does not have.
  private static final String NO_VALUE = "<no value>";

  sealed interface Part {
    record Text(String text) implements Part {}

    record Print(Expression expression) implements Part {}

    record Choice(Expression condition, List<Part> then, List<Part> otherwise) implements Part {}
  }

  sealed interface Expression {
    record Literal(Object value) implements Expression {}

    record Field(List<String> path) implements Expression {}

    record Call(String function, List<Expression> arguments) implements Expression {}
  }

  private final String name;
  private final String source;
  private final List<Part> parts;

  private GoTemplate(String name, String source, List<Part> parts) {
    this.name = name;
    this.source = source;
    this.parts = List.copyOf(parts);
  }

  /// @param name for messages
  /// @throws InvalidSettingException for what is no template
  public static GoTemplate parse(String name, String source) {
    return new GoTemplate(name, source, new GoTemplateParser(name, source).parse());
  }

  /// @throws InvalidSettingException where the template asks for what the subject does not have
  public String execute(Subject subject) {
    StringBuilder out = new StringBuilder();
    execute(parts, subject, out);
    return out.toString();
  }

  private void execute(List<Part> list, Subject subject, StringBuilder out) {
    for (Part part : list) {
      switch (part) {
        case Part.Text(String text) -> out.append(text);
        case Part.Print(Expression expression) -> out.append(shown(expression, subject));
        case Part.Choice(Expression condition, List<Part> then, List<Part> otherwise) ->
            execute(isTrue(evaluate(condition, subject)) ? then : otherwise, subject, out);
      }
    }
  }

  private Object shown(Expression expression, Subject subject) {
    Object value = evaluate(expression, subject);
    if (value instanceof Subject || value instanceof Lookup) {
      throw new InvalidSettingException(
          "template: %s: executing \"%s\": only texts and numbers can be shown"
              .formatted(name, name));
    }
    return value;
  }

  private Object evaluate(Expression expression, Subject subject) {
    return switch (expression) {
      case Expression.Literal(Object value) -> value;
      case Expression.Field(List<String> path) -> field(path, subject);
      case Expression.Call(String function, List<Expression> arguments) ->
          call(function, arguments.stream().map(it -> evaluate(it, subject)).toList());
    };
  }

  private Object field(List<String> path, Subject subject) {
    Object value = subject;
    for (String key : path) {
      value =
          switch (value) {
            case Subject(String type, Map<String, Object> fields) -> {
              Object field = fields.get(key);
              if (field == null) {
                throw failed(path, "can't evaluate field %s in type %s".formatted(key, type));
              }
              yield field;
            }
            case Map<?, ?> map -> Objects.requireNonNullElse(map.get(key), NO_VALUE);
            default -> throw failed(path, "can't evaluate field %s in type string".formatted(key));
          };
    }
    return value;
  }

  private Object call(String function, List<Object> arguments) {
    if (function.equals("index") && arguments.getFirst() instanceof Map<?, ?> map) {
      return Objects.requireNonNullElse(map.get(arguments.getLast()), "");
    }
    if (function.equals("Get") && arguments.getFirst() instanceof Lookup lookup) {
      return lookup.get(arguments.getLast().toString());
    }
    return switch (function) {
      case "js" -> GoEscapes.js(arguments.getFirst().toString());
      case "html" -> GoEscapes.html(arguments.getFirst().toString());
      case "urlquery" -> URLEncoder.encode(arguments.getFirst().toString(), UTF_8);
      case "eq" -> arguments.stream().skip(1).anyMatch(arguments.getFirst()::equals);
      case "ne" -> !arguments.getFirst().equals(arguments.getLast());
      case "not" -> !isTrue(arguments.getFirst());
      case "and" ->
          arguments.stream().filter(it -> !isTrue(it)).findFirst().orElse(arguments.getLast());
      case "or" ->
          arguments.stream().filter(GoTemplate::isTrue).findFirst().orElse(arguments.getLast());
      default ->
          throw new InvalidSettingException(
              "template: %s: executing \"%s\": error calling index: can't index item of type string"
                  .formatted(name, name));
    };
  }

  private static boolean isTrue(Object value) {
    return switch (value) {
      case Boolean truth -> truth;
      case Map<?, ?> map -> !map.isEmpty();
      default -> !value.toString().isEmpty();
    };
  }

  private InvalidSettingException failed(List<String> path, String why) {
    return new InvalidSettingException(
        "template: %s: executing \"%s\" at <.%s>: %s"
            .formatted(name, name, String.join(".", path), why));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GoTemplate that && that.source.equals(source);
  }

  @Override
  public int hashCode() {
    return source.hashCode();
  }

  /// As it was written.
  @Override
  public String toString() {
    return source;
  }
}
