package dev.ebb.apiserver;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WriteOptions.Subresource;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// From a resource path and a method to what is done.
final class ResourceRouter {
  private final Resources resources;
  private final ResourceHandler objects;
  private final WatchHandler watches;
  private final AccessReviews reviews;
  private final ComputedHandler computed;
  private final List<SubresourceRoute> routes;

  ResourceRouter(
      Resources resources,
      ResourceHandler objects,
      WatchHandler watches,
      AccessReviews reviews,
      ComputedHandler computed,
      List<SubresourceRoute> routes) {
    this.resources = resources;
    this.objects = objects;
    this.watches = watches;
    this.reviews = reviews;
    this.computed = computed;
    this.routes = List.copyOf(routes);
  }

  /// @throws dev.ebb.resources.ApiException 404, 405 and whatever the operation refuses
  void handle(Exchange exchange, ResourcePath path) throws IOException {
    if (reviews.handle(exchange, path) || computed.handle(exchange, path)) {
      return;
    }
    KindDefinition kind =
        resources
            .kinds()
            .byResource(path.group(), path.version(), path.plural())
            .orElseThrow(Refusals::unknownPath);
    if (!kind.version().deprecation().isEmpty()) {
      exchange.warn(kind.version().deprecation());
    }
    if (!path.namespaceFits(kind)) {
      throw Refusals.unknownPath();
    }
    if (path.name().isEmpty()) {
      collection(exchange, kind, path);
      return;
    }
    Optional<Subresource> part = StoredSubresources.find(kind, path.subresource());
    if (part.isPresent()) {
      object(exchange, kind, path, part.get());
    } else {
      routed(exchange, kind, path);
    }
  }

  private void collection(Exchange exchange, KindDefinition kind, ResourcePath path)
      throws IOException {
    switch (exchange.method()) {
      case "GET", "HEAD" -> {
        // There is nothing to wait for when nobody is told: HEAD lists.
        if (RequestOptions.flag(exchange, "watch") && exchange.method().equals("GET")) {
          watches.watch(
              exchange, kind, ListRequest.watch(exchange, path), objects.renderer(exchange, kind));
        } else {
          objects.list(exchange, kind, path);
        }
      }
      case "POST" -> {
        requireNamespace(kind, path);
        objects.create(exchange, kind, path);
      }
      case "DELETE" -> {
        if (!ServedResource.verbs(kind).contains("deletecollection")) {
          throw Refusals.methodNotAllowed();
        }
        requireNamespace(kind, path);
        objects.deleteCollection(exchange, kind, path);
      }
      default -> throw Refusals.methodNotAllowed();
    }
  }

  /// @param part the object itself, or the part of it that the sub-resource shows
  private void object(Exchange exchange, KindDefinition kind, ResourcePath path, Subresource part) {
    switch (exchange.method()) {
      case "GET", "HEAD" -> objects.get(exchange, kind, path, part);
      case "PUT" -> objects.update(exchange, kind, path, part);
      case "PATCH" -> objects.patch(exchange, kind, path, part);
      case "DELETE" -> {
        if (part != Subresource.NONE) {
          throw Refusals.methodNotAllowed();
        }
        objects.delete(exchange, kind, path);
      }
      default -> throw Refusals.methodNotAllowed();
    }
  }

  private void routed(Exchange exchange, KindDefinition kind, ResourcePath path)
      throws IOException {
    SubresourceRoute route =
        routes.stream()
            .filter(candidate -> candidate.serves(path))
            .findFirst()
            .orElseThrow(() -> Refusals.subresourceNotFound(kind, path.subresource()));
    if (!route.verbs().contains(verb(exchange.method()))) {
      throw Refusals.methodNotAllowed();
    }
    route.handler().handle(new ObjectKey(path.namespace(), path.name()), exchange);
  }

  private static void requireNamespace(KindDefinition kind, ResourcePath path) {
    if (kind.namespaced() && path.namespace().isEmpty()) {
      throw Refusals.methodNotAllowed();
    }
  }

  private static String verb(String method) {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS" -> "get";
      case "POST" -> "create";
      case "PUT" -> "update";
      default -> method.toLowerCase(Locale.ROOT);
    };
  }
}
