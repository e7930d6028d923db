package dev.ebb.dialects.openfaas;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// The parameters of a query string; of several with one name the last counts.
record Parameters(Map<String, String> values) {
  /// @throws Refusal 400
  static Parameters of(String query) {
    Map<String, String> values = new HashMap<>();
    for (String part : query.split("&")) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        values.put(decoded(part.substring(0, equals)), decoded(part.substring(equals + 1)));
      }
    }
    return new Parameters(values);
  }

  /// Empty where there is none.
  String last(String name) {
    return values.getOrDefault(name, "");
  }

  /// As Go reads it.
  boolean isTrue(String name) {
    return switch (last(name)) {
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      default -> false;
    };
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest("the query cannot be read: " + e.getMessage());
    }
  }
}
