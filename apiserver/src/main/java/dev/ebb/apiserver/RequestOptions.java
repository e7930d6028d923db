package dev.ebb.apiserver;

import dev.ebb.kinds.FieldError;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.WriteOptions.FieldValidation;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The query parameters of the Kubernetes API, read and checked.
final class RequestOptions {
  private static final int MAX_FIELD_MANAGER = 128;

  private static final List<String> FIELD_VALIDATIONS = List.of("", "Ignore", "Strict", "Warn");

  private RequestOptions() {}

  /// `true`, `1` and the parameter without a value are true, as in Kubernetes's own conversion.
  static boolean flag(Exchange exchange, String name) {
    return exchange
        .query(name)
        .map(value -> !value.equalsIgnoreCase("false") && !value.equals("0"))
        .orElse(false);
  }

  /// The options that all writes share, checked together.
  ///
  /// @param options the kind in whose words a mistake is told: `CreateOptions`
  /// @param more what else is wrong with the options of this request
  /// @throws ApiException 422
  static void check(Exchange exchange, String options, List<FieldError> more) {
    List<FieldError> errors = new ArrayList<>(more);
    fieldManagerErrors(exchange.query("fieldManager").orElse(""), errors);
    dryRunErrors(exchange.queryAll("dryRun"), errors);
    String validation = exchange.query("fieldValidation").orElse("");
    if (!FIELD_VALIDATIONS.contains(validation)) {
      errors.add(FieldError.notSupported("fieldValidation", validation, FIELD_VALIDATIONS));
    }
    if (!errors.isEmpty()) {
      throw Refusals.invalidOptions(options, errors);
    }
  }

  static boolean dryRun(Exchange exchange) {
    return !exchange.queryAll("dryRun").isEmpty();
  }

  static void dryRunErrors(List<String> values, List<FieldError> errors) {
    if (values.stream().anyMatch(value -> !value.equals("All"))) {
      String shown =
          values.stream().map(value -> "\"" + value + "\"").collect(Collectors.joining(", "));
      errors.add(
          new FieldError(
              "FieldValueNotSupported",
              "dryRun",
              "Unsupported value: []string{%s}: supported values: \"All\"".formatted(shown)));
    }
  }

  /// Of checked options.
  static FieldValidation fieldValidation(Exchange exchange) {
    return switch (exchange.query("fieldValidation").orElse("")) {
      case "Ignore" -> FieldValidation.IGNORE;
      case "Strict" -> FieldValidation.STRICT;
      default -> FieldValidation.WARN;
    };
  }

  /// Who writes: the parameter, else the user agent up to its first slash.
  static String fieldManager(Exchange exchange) {
    return exchange
        .query("fieldManager")
        .filter(value -> !value.isEmpty())
        .or(() -> exchange.header("User-Agent").map(RequestOptions::agentName))
        .filter(value -> !value.isEmpty())
        .orElse("unknown");
  }

  private static String agentName(String userAgent) {
    StringBuilder name = new StringBuilder();
    userAgent
        .codePoints()
        .takeWhile(c -> c != '/')
        .filter(RequestOptions::isPrintable)
        .limit(MAX_FIELD_MANAGER)
        .forEach(name::appendCodePoint);
    return name.toString();
  }

  private static void fieldManagerErrors(String manager, List<FieldError> errors) {
    if (manager.length() > MAX_FIELD_MANAGER) {
      errors.add(
          new FieldError(
              "FieldValueTooLong",
              "fieldManager",
              "Too long: may not be more than %d bytes".formatted(MAX_FIELD_MANAGER)));
    }
    for (int i = 0; i < manager.length(); i += Character.charCount(manager.codePointAt(i))) {
      int c = manager.codePointAt(i);
      if (!isPrintable(c)) {
        errors.add(
            FieldError.invalid(
                "fieldManager",
                manager,
                "invalid character U+%04X (at position %d)".formatted(c, i)));
      }
    }
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  /// A whole number; as Kubernetes has it, a negative limit or time is as good as none.
  ///
  /// @throws ApiException 400
  static Optional<Long> number(Exchange exchange, String name) {
    Optional<String> value = exchange.query(name).filter(text -> !text.isEmpty());
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (!value.get().matches("[+-]?[0-9]{1,4096}")) {
      throw notParsed(value.get(), "invalid syntax");
    }
    try {
      return Optional.of(new BigInteger(value.get()).longValueExact());
    } catch (ArithmeticException e) {
      throw notParsed(value.get(), "value out of range");
    }
  }

  private static ApiException notParsed(String value, String problem) {
    return ApiException.badRequest(
        "strconv.ParseInt: parsing \"%s\": %s".formatted(value, problem));
  }
}
