package dev.ebb.server;

import dev.ebb.kinds.FieldError;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// The query of `pods/NAME/log` (`PodLogOptions`).
///
/// @param container empty for the only one
/// @param tailLines -1 for all that is kept
/// @param limitBytes of the answer; [Long#MAX_VALUE] for no limit
record LogOptions(
    String container,
    boolean follow,
    boolean previous,
    boolean timestamps,
    boolean prefix,
    int tailLines,
    long limitBytes,
    Optional<Instant> since) {
  /// The parameters of a request.
  @FunctionalInterface
  interface Query {
    Optional<String> value(String name);
  }

  /// @param name of the object, for the message
  /// @throws ApiException 400 for what cannot be read, 422 for what is out of range
  static LogOptions of(Query query, String name, InstantSource clock) {
    OptionalLong tail = number(query, "tailLines");
    OptionalLong limit = number(query, "limitBytes");
    OptionalLong seconds = number(query, "sinceSeconds");
    Optional<Instant> time = time(query);
    List<FieldError> errors = new ArrayList<>();
    if (tail.isPresent() && tail.getAsLong() < 0) {
      errors.add(
          FieldError.invalid("tailLines", tail.getAsLong(), "must be greater than or equal to 0"));
    }
    if (limit.isPresent() && limit.getAsLong() < 1) {
      errors.add(FieldError.invalid("limitBytes", limit.getAsLong(), "must be greater than 0"));
    }
    if (seconds.isPresent() && time.isPresent()) {
      errors.add(
          FieldError.forbidden(
              "", "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified"));
    } else if (seconds.isPresent() && seconds.getAsLong() < 1) {
      errors.add(FieldError.invalid("sinceSeconds", seconds.getAsLong(), "must be greater than 0"));
    }
    if (!errors.isEmpty()) {
      throw refusal(name, errors);
    }
    return new LogOptions(
        query.value("container").orElse(""),
        flag(query, "follow"),
        flag(query, "previous"),
        flag(query, "timestamps"),
        flag(query, "prefix"),
        (int) Math.min(tail.orElse(-1), Integer.MAX_VALUE),
        limit.orElse(Long.MAX_VALUE),
        seconds.isPresent()
            ? Optional.of(clock.instant().minusSeconds(seconds.getAsLong()))
            : time);
  }

  private static ApiException refusal(String name, List<FieldError> errors) {
    String all =
        errors.stream()
            .map(error ->
                error.field().isEmpty() ? error.message() : error.field() + ": " + error.message())
            .collect(Collectors.joining(", "));
    return new ApiException(
        new ApiStatus(
            422,
            "Invalid",
            "PodLogOptions \"%s\" is invalid: %s"
                .formatted(name, errors.size() == 1 ? all : "[" + all + "]"),
            "",
            "PodLogOptions",
            name,
            errors));
  }

  private static OptionalLong number(Query query, String name) {
    String text = query.value(name).orElse("");
    try {
      return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw ApiException.badRequest(
          "%s: strconv.ParseInt: parsing \"%s\": invalid syntax".formatted(name, text));
    }
  }

  private static Optional<Instant> time(Query query) {
    return query
        .value("sinceTime")
        .filter(text -> !text.isEmpty())
        .map(text -> {
          try {
            return Instant.parse(text);
          } catch (DateTimeParseException e) {
            throw ApiException.badRequest(
                "sinceTime is not a time of RFC 3339: \"%s\"".formatted(text));
          }
        });
  }

  private static boolean flag(Query query, String name) {
    return query
        .value(name)
        .map(text -> text.isEmpty() || text.equals("1") || text.equalsIgnoreCase("true"))
        .orElse(false);
  }
}
