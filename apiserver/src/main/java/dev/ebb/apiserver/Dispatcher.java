package dev.ebb.apiserver;

import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import io.helidon.http.HttpException;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

/// The way of every request: who asks, what for, and what to say when it goes wrong.
final class Dispatcher {
  private static final System.Logger LOGGER = System.getLogger(Dispatcher.class.getName());

  private final Authenticator authenticator;
  private final Impersonation impersonation;
  private final AccessControl access;
  private final VersionInfo version;
  private final HealthHandler health;
  private final List<PathRoute> routes;
  private final IssuerDiscovery issuer;
  private final DiscoveryHandler discovery;
  private final OpenApiHandler openApi;
  private final ResourceRouter resources;

  Dispatcher(
      Authenticator authenticator,
      AccessControl access,
      VersionInfo version,
      BooleanSupplier ready,
      List<PathRoute> routes,
      IssuerDiscovery issuer,
      DiscoveryHandler discovery,
      OpenApiHandler openApi,
      ResourceRouter resources) {
    this.authenticator = authenticator;
    this.access = access;
    this.impersonation = new Impersonation(access);
    this.version = version;
    this.health = new HealthHandler(ready);
    this.routes = List.copyOf(routes);
    this.issuer = issuer;
    this.discovery = discovery;
    this.openApi = openApi;
    this.resources = resources;
  }

  /// @param local whether the request came through the unix socket
  void handle(HelidonExchange exchange, boolean local) throws IOException {
    try {
      route(exchange, local);
    } catch (ApiException e) {
      // 503 tells of what is behind a proxy, and is no failure of this server.
      if (e.status().code() >= 500 && e.status().code() != 503) {
        LOGGER.log(
            System.Logger.Level.WARNING,
            "Request failed: %s %s".formatted(exchange.method(), exchange.path()),
            e);
      }
      refuse(exchange, e.status(), e);
    } catch (UnknownPathException e) {
      exchange.setHeader("X-Content-Type-Options", "nosniff");
      Responses.text(exchange, 404, UnknownPathException.TEXT);
    } catch (CloseConnectionException | RequestException | HttpException e) {
      // The connection itself went wrong, which is Helidon's to tell.
      throw e;
    } catch (RuntimeException | IOException e) {
      if (exchange.streaming()) {
        // The client has gone in the middle of a stream: nobody is left to tell.
        LOGGER.log(System.Logger.Level.DEBUG, "A response could not be finished", e);
        throw new CloseConnectionException("A response could not be finished", e);
      }
      String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
      LOGGER.log(
          System.Logger.Level.ERROR,
          "Request failed, id %s: %s %s".formatted(id, exchange.method(), exchange.path()),
          e);
      refuse(exchange, Refusals.internalError(id), e);
    }
  }

  private void route(HelidonExchange exchange, boolean local) throws IOException {
    if (health.handle(exchange)) {
      return;
    }
    String path = exchange.path();
    Optional<PathRoute> route = find(path);
    Optional<ForeignProtocol> foreign = route.flatMap(PathRoute::foreign);
    if (route.isPresent() && route.get().open()) {
      route.get().handler().handle(exchange);
      return;
    }
    User user =
        authenticator
            .authenticate(exchange, local, header -> foreign.flatMap(it -> it.token(header)))
            .orElseThrow(Refusals::unauthorized);
    exchange.authenticated(impersonation.apply(user, Impersonation.Wanted.of(exchange)));
    if (route.isPresent()) {
      if (foreign.isEmpty()) {
        access.require(exchange, Optional.empty());
      }
      route.get().handler().handle(exchange);
      return;
    }
    Optional<ResourcePath> resource = ResourcePath.parse(path);
    List<String> words = ResourcePath.words(path);
    access.require(exchange, resource);
    if (path.equals("/version") || path.equals("/version/")) {
      Responses.json(exchange, 200, version.document());
    } else if (!issuer.handle(exchange)
        && !discovery.handle(exchange, words)
        && !openApi.handle(exchange, words)) {
      resources.handle(exchange, resource.orElseThrow(Refusals::unknownPath));
    }
  }

  private void refuse(HelidonExchange exchange, ApiStatus status, Exception cause) {
    if (exchange.streaming() || exchange.responded()) {
      throw new CloseConnectionException("The response had already begun", cause);
    }
    Optional<ForeignProtocol> foreign = find(exchange.path()).flatMap(PathRoute::foreign);
    if (foreign.isPresent()) {
      foreign.get().refuse(exchange, status);
    } else {
      Responses.failure(exchange, status);
    }
  }

  private Optional<PathRoute> find(String path) {
    return routes.stream().filter(route -> route.matches(path)).findFirst();
  }
}
