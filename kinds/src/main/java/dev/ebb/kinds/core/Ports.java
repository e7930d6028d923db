package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Ports by number, or by a name as IANA allows it.
final class Ports {
  private static final String RANGE = "must be between 1 and 65535, inclusive";
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?");
  private static final Pattern LETTER = Pattern.compile("[a-z]");

  private Ports() {}

  static Optional<FieldError> number(String path, JsonNode port) {
    int number = port.asInt(0);
    return number >= 1 && number <= 65535
        ? Optional.empty()
        : Optional.of(FieldError.invalid(path, number, RANGE));
  }

  static Optional<FieldError> numberOrName(String path, JsonNode port) {
    if (!port.isString()) {
      return number(path, port);
    }
    return name(path, port.asString());
  }

  static Optional<FieldError> name(String path, String name) {
    if (!LETTER.matcher(name).find()) {
      return Optional.of(FieldError.invalid(path, name, "must contain at least one letter (a-z)"));
    }
    return NAME.matcher(name).matches() && !name.contains("--")
        ? Optional.empty()
        : Optional.of(
            FieldError.invalid(
                path,
                name,
                "must be no more than 15 lower case letters, digits and single hyphens inside"));
  }
}
