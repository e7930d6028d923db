package dev.ebb.gateway;

import dev.ebb.dataplane.RequestLimits;
import dev.ebb.dataplane.RouteTarget;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.concurrent.ThreadLocalRandom;

/// Finds out who answers a request.
final class Router {
  /// Knative's probes are answered by the proxy in front of the user's program, never by that.
  private static final String PROBE = "k-network-probe";

  private static final int MOVED_PERMANENTLY = 301;
  private static final int HTTPS = 443;

  private Router() {}

  sealed interface Outcome {
    record Refuse(Failure failure) implements Outcome {}

    /// @param location for `Location`, or empty
    record Answer(int status, String location) implements Outcome {}

    record Serve(ExchangeFactory by) implements Outcome {}
  }

  @FunctionalInterface
  interface ExchangeFactory {
    Exchange create(ClientConnection client, ClientRequest request);
  }

  /// `OPTIONS *` (RFC 9110, section 9.3.7).
  static boolean asksServerItself(HttpRequest request) {
    return request.uri().equals("*") && request.method().equals(HttpMethod.OPTIONS);
  }

  static Outcome route(ClientRequest request, Peer peer, GatewayContext gateway) {
    if (asksServerItself(request.message)) {
      return new Outcome.Answer(204, "");
    }
    RequestTarget asked = request.target;
    String method = request.message.method().name();
    Route route =
        gateway.routes().get().find(asked.host(), method, asked.path(), request.message.headers());
    if (route == null || !route.isFor(peer)) {
      return new Outcome.Refuse(Failure.noRoute(asked.host(), asked.path()));
    }
    request.route = route;
    if (request.message.headers().contains(PROBE)) {
      return new Outcome.Answer(200, "");
    }
    if (route.httpsPort().isPresent() && !peer.isSecure(request.message.headers())) {
      request.answeredBy = "redirect";
      return new Outcome.Answer(MOVED_PERMANENTLY, secured(asked, route.httpsPort().getAsInt()));
    }
    return switch (route.target(request, peer, ThreadLocalRandom.current()::nextInt)) {
      case RouteTarget.Revision(var revision) -> {
        Throttle throttle = gateway.throttles().find(revision).orElse(null);
        RequestLimits limits = throttle == null ? null : throttle.limits().orElse(null);
        if (throttle == null || limits == null) {
          yield new Outcome.Refuse(Failure.revisionUnknown(revision));
        }
        request.throttle = throttle;
        yield new Outcome.Serve((client, served) ->
            new RevisionExchange(client, served, route, throttle, limits, gateway));
      }
      case RouteTarget.Redirect(var location, int status) -> {
        request.answeredBy = "redirect";
        yield new Outcome.Answer(status, location.toString());
      }
      case RouteTarget.Unavailable(var reason, var message) ->
          new Outcome.Refuse(Failure.unavailable(reason, message));
      case RouteTarget.Local(var handler) ->
          new Outcome.Serve(
              (client, served) -> new LocalExchange(client, served, route, handler, gateway));
      case RouteTarget.Url(var uri) ->
          new Outcome.Serve(
              (client, served) -> new UrlExchange(client, served, route, uri, gateway));
    };
  }

  private static String secured(RequestTarget asked, int port) {
    return "https://"
        + asked.host()
        + (port == HTTPS ? "" : ":" + port)
        + asked.path()
        + asked.query();
  }
}
