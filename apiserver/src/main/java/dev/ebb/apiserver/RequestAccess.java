package dev.ebb.apiserver;

import dev.ebb.resources.rbac.AccessRequest;
import dev.ebb.resources.rbac.Subject;
import java.util.Locale;
import java.util.Optional;

/// What a request asks to be allowed, from the very path that it will be routed by.
///
/// @see <a
///   href="https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb">Determine
///   the request verb</a>
final class RequestAccess {
  private static final String BY_NAME = "metadata.name=";

  private RequestAccess() {}

  /// @param path empty for what is no resource
  static AccessRequest of(Exchange exchange, Subject subject, Optional<ResourcePath> path) {
    if (path.isEmpty()) {
      return AccessRequest.toPath(
          subject, exchange.method().toLowerCase(Locale.ROOT), exchange.path());
    }
    ResourcePath resource = path.get();
    boolean namespace = resource.group().isEmpty() && resource.plural().equals("namespaces");
    return AccessRequest.toResource(
        subject,
        verb(exchange, resource),
        resource.group(),
        resource.plural(),
        resource.subresource(),
        // A Namespace is in itself, so that a role that is bound in it can allow to read it.
        namespace ? resource.name() : resource.namespace(),
        resource.name().isEmpty() ? nameOfSelector(exchange) : resource.name());
  }

  private static String verb(Exchange exchange, ResourcePath path) {
    boolean collection = path.name().isEmpty();
    return switch (exchange.method()) {
      case "GET", "HEAD" -> {
        if (!collection) {
          yield "get";
        }
        boolean watch = exchange.method().equals("GET") && RequestOptions.flag(exchange, "watch");
        yield watch ? "watch" : "list";
      }
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> collection ? "deletecollection" : "delete";
      default -> "";
    };
  }

  /// Who may only get one object may list and watch it by its name, as clients that wait for one
  /// object do.
  private static String nameOfSelector(Exchange exchange) {
    if (exchange.method().equals("POST")) {
      return "";
    }
    for (String term : exchange.query("fieldSelector").orElse("").split(",", -1)) {
      if (term.startsWith(BY_NAME)) {
        String name = term.substring(BY_NAME.length());
        return name.startsWith("=") ? name.substring(1) : name;
      }
    }
    return "";
  }
}
