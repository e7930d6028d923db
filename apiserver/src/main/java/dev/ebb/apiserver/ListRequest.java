package dev.ebb.apiserver;

import dev.ebb.kinds.FieldError;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.WatchQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `ListOptions`: what the query of a listing or a watch asks for, and which of its parameters go
/// together.
///
/// @see <a
///   href="https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions">Resource
///   versions</a>
final class ListRequest {
  private static final String EXACT = "Exact";
  private static final String NOT_OLDER_THAN = "NotOlderThan";
  private static final String MATCH = "resourceVersionMatch";
  private static final String INITIAL_EVENTS = "sendInitialEvents";

  private ListRequest() {}

  /// @throws dev.ebb.resources.ApiException 400, 422
  static ListQuery list(Exchange exchange, ResourcePath path) {
    String match = text(exchange, MATCH);
    String version = text(exchange, "resourceVersion");
    String token = text(exchange, "continue");
    long limit = RequestOptions.number(exchange, "limit").orElse(0L);
    List<FieldError> errors = new ArrayList<>();
    if (!match.isEmpty()) {
      if (version.isEmpty()) {
        errors.add(forbidden(MATCH, MATCH + " is forbidden unless resourceVersion is provided"));
      }
      if (!token.isEmpty()) {
        errors.add(forbidden(MATCH, MATCH + " is forbidden when continue is provided"));
      }
      if (!match.equals(EXACT) && !match.equals(NOT_OLDER_THAN)) {
        errors.add(FieldError.notSupported(MATCH, match, List.of(EXACT, NOT_OLDER_THAN, "")));
      }
      if (match.equals(EXACT) && version.equals("0")) {
        errors.add(forbidden(MATCH, MATCH + " \"exact\" is forbidden for resourceVersion \"0\""));
      }
    }
    if (initialEvents(exchange).isPresent()) {
      errors.add(forbidden(INITIAL_EVENTS, INITIAL_EVENTS + " is forbidden for list"));
    }
    refuse(errors);
    return new ListQuery(
        path.namespace(),
        text(exchange, "labelSelector"),
        text(exchange, "fieldSelector"),
        Math.clamp(limit, 0, Integer.MAX_VALUE),
        token,
        version,
        match);
  }

  /// @throws dev.ebb.resources.ApiException 422
  static WatchQuery watch(Exchange exchange, ResourcePath path) {
    String match = text(exchange, MATCH);
    String version = text(exchange, "resourceVersion");
    Optional<Boolean> initialEvents = initialEvents(exchange);
    List<FieldError> errors = new ArrayList<>();
    if (initialEvents.isPresent() && !match.equals(NOT_OLDER_THAN)) {
      errors.add(
          forbidden(MATCH, INITIAL_EVENTS + " requires setting " + MATCH + " to NotOlderThan"));
    }
    if (!match.isEmpty()) {
      if (initialEvents.isEmpty()) {
        errors.add(
            forbidden(
                MATCH,
                MATCH + " is forbidden for watch unless " + INITIAL_EVENTS + " is provided"));
      }
      if (!match.equals(NOT_OLDER_THAN)) {
        errors.add(FieldError.notSupported(MATCH, match, List.of(NOT_OLDER_THAN)));
      }
      if (!text(exchange, "continue").isEmpty()) {
        errors.add(forbidden(MATCH, MATCH + " is forbidden when continue is provided"));
      }
    }
    refuse(errors);
    boolean fromAny = version.isEmpty() || version.equals("0");
    return new WatchQuery(
        path.namespace(),
        text(exchange, "labelSelector"),
        text(exchange, "fieldSelector"),
        version,
        // As Kubernetes has it, who begins anywhere gets the state, and the bookmark at its end.
        initialEvents.orElse(fromAny),
        fromAny && initialEvents.isPresent() && !initialEvents.get());
  }

  private static Optional<Boolean> initialEvents(Exchange exchange) {
    return exchange
        .query(INITIAL_EVENTS)
        .map(value -> RequestOptions.flag(exchange, INITIAL_EVENTS));
  }

  private static void refuse(List<FieldError> errors) {
    if (!errors.isEmpty()) {
      throw Refusals.invalidOptions("ListOptions", errors);
    }
  }

  private static FieldError forbidden(String field, String message) {
    return FieldError.forbidden(field, "Forbidden: " + message);
  }

  private static String text(Exchange exchange, String name) {
    return exchange.query(name).orElse("");
  }
}
