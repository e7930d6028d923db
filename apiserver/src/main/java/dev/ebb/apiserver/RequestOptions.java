package dev.ebb.apiserver;

import dev.ebb.kinds.FieldError;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.WriteOptions.FieldValidation;
import java.util.List;
import java.util.Optional;

/// The query parameters of the Kubernetes API, read and checked.
final class RequestOptions {
  private RequestOptions() {}

  /// `true`, `1` and the parameter without a value are true, as in Kubernetes's own conversion.
  static boolean flag(Exchange exchange, String name) {
    return exchange
        .query(name)
        .map(value -> !value.equalsIgnoreCase("false") && !value.equals("0"))
        .orElse(false);
  }

  /// @param options the kind in whose words a mistake is told: `CreateOptions`
  static boolean dryRun(Exchange exchange, String options) {
    List<String> values = exchange.queryAll("dryRun");
    for (String value : values) {
      if (!value.equals("All")) {
        throw notSupported(options, "dryRun", value, "\"All\"");
      }
    }
    return !values.isEmpty();
  }

  static FieldValidation fieldValidation(Exchange exchange, String options) {
    String value = exchange.query("fieldValidation").orElse("");
    return switch (value) {
      case "", "Warn" -> FieldValidation.WARN;
      case "Ignore" -> FieldValidation.IGNORE;
      case "Strict" -> FieldValidation.STRICT;
      default ->
          throw notSupported(options, "fieldValidation", value, "\"Ignore\", \"Strict\", \"Warn\"");
    };
  }

  /// Who writes: the parameter, else the user agent up to its first slash.
  static String fieldManager(Exchange exchange) {
    return exchange
        .query("fieldManager")
        .filter(value -> !value.isEmpty())
        .or(() -> exchange.header("User-Agent").map(agent -> agent.split("/", 2)[0]))
        .filter(value -> !value.isEmpty())
        .orElse("unknown");
  }

  /// A whole number of at least zero.
  static Optional<Integer> number(Exchange exchange, String name) {
    Optional<String> value = exchange.query(name).filter(text -> !text.isEmpty());
    if (value.isEmpty()) {
      return Optional.empty();
    }
    try {
      int number = Integer.parseInt(value.get());
      if (number >= 0) {
        return Optional.of(number);
      }
    } catch (NumberFormatException e) {
      // Told below, as a negative number is.
    }
    throw ApiException.badRequest(
        "%s must be a whole number of at least 0, not \"%s\"".formatted(name, value.get()));
  }

  private static ApiException notSupported(
      String options, String field, String value, String supported) {
    return Refusals.invalidOptions(
        options,
        new FieldError(
            "FieldValueNotSupported",
            field,
            "Unsupported value: \"%s\": supported values: %s".formatted(value, supported)));
  }
}
