package dev.ebb.apiserver;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ObjectList;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Reads computed resources: `get` and `list`, in all forms that stored ones have. There is nothing
/// to watch, as they change all the time.
final class ComputedHandler {
  private final List<ComputedResource> resources;
  private final InstantSource clock;

  ComputedHandler(List<ComputedResource> resources, InstantSource clock) {
    this.resources = List.copyOf(resources);
    this.clock = clock;
  }

  /// @return whether the path is one of a computed resource
  /// @throws dev.ebb.resources.ApiException 404, 405 and whatever the source refuses
  boolean handle(Exchange exchange, ResourcePath path) {
    Optional<ComputedResource> found =
        resources.stream().filter(resource -> resource.serves(path)).findFirst();
    found.ifPresent(resource -> read(exchange, resource, path));
    return found.isPresent();
  }

  private void read(Exchange exchange, ComputedResource resource, ResourcePath path) {
    KindDefinition kind = resource.kind();
    boolean one = !path.name().isEmpty();
    if (!path.namespaceFits(kind) || !path.subresource().isEmpty()) {
      throw Refusals.unknownPath();
    }
    boolean watch = !one && RequestOptions.flag(exchange, "watch");
    if (!List.of("GET", "HEAD").contains(exchange.method()) || watch) {
      throw Refusals.methodNotAllowed();
    }
    Renderer renderer = Renderer.asked(exchange, kind, clock);
    if (one) {
      ObjectKey key = new ObjectKey(path.namespace(), path.name());
      Responses.send(
          exchange, 200, renderer.representation(), renderer.object(resource.source().get(key)));
    } else {
      ObjectList list = resource.source().list(ListRequest.list(exchange, path));
      Responses.send(exchange, 200, renderer.representation(), renderer.list(list));
    }
  }
}
