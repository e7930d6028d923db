package dev.ebb.apiserver;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.ObjectList;
import dev.ebb.resources.Patch;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteOptions.Subresource;
import dev.ebb.resources.WriteResult;
import dev.ebb.resources.local.Scale;
import java.time.InstantSource;
import tools.jackson.databind.node.ObjectNode;

/// Reads and writes objects: every verb but watch.
final class ResourceHandler {
  private final Resources resources;
  private final InstantSource clock;

  ResourceHandler(Resources resources, InstantSource clock) {
    this.resources = resources;
    this.clock = clock;
  }

  void get(Exchange exchange, KindDefinition kind, ResourcePath path, Subresource part) {
    Renderer renderer = renderer(exchange, kind);
    KubernetesObject object = resources.get(kind, key(path));
    respond(exchange, 200, renderer, part == Subresource.SCALE ? Scale.view(object) : object);
  }

  void list(Exchange exchange, KindDefinition kind, ResourcePath path) {
    Renderer renderer = renderer(exchange, kind);
    ObjectList list = resources.list(kind, listQuery(exchange, path));
    Responses.send(exchange, 200, renderer.representation(), renderer.list(list));
  }

  void create(Exchange exchange, KindDefinition kind, ResourcePath path) {
    Renderer renderer = renderer(exchange, kind);
    WriteOptions options = writeOptions(exchange, "CreateOptions", Subresource.NONE);
    KubernetesObject object = RequestObject.read(exchange, kind.type(), path);
    written(exchange, 201, renderer, resources.create(kind, object, options));
  }

  void update(Exchange exchange, KindDefinition kind, ResourcePath path, Subresource part) {
    Renderer renderer = renderer(exchange, kind);
    WriteOptions options = writeOptions(exchange, "UpdateOptions", part);
    KubernetesObject object =
        RequestObject.read(exchange, part == Subresource.SCALE ? Scale.TYPE : kind.type(), path);
    written(exchange, 200, renderer, resources.update(kind, object, options));
  }

  void patch(Exchange exchange, KindDefinition kind, ResourcePath path, Subresource part) {
    Renderer renderer = renderer(exchange, kind);
    WriteOptions options = writeOptions(exchange, "PatchOptions", part);
    Patch patch = BodyFormat.patch(exchange);
    if (patch.type() == Patch.Type.APPLY && exchange.query("fieldManager").isEmpty()) {
      throw Refusals.invalidOptions(
          "PatchOptions", FieldError.required("fieldManager", "is required for apply patch"));
    }
    written(exchange, 200, renderer, resources.patch(kind, key(path), patch, options));
  }

  void delete(Exchange exchange, KindDefinition kind, ResourcePath path) {
    KubernetesObject last = resources.delete(kind, key(path), DeleteRequest.read(exchange));
    ObjectNode document =
        isHeld(last) ? last.json() : StatusDocument.deleted(kind, path.name(), last.uid());
    Responses.json(exchange, 200, document);
  }

  void deleteCollection(Exchange exchange, KindDefinition kind, ResourcePath path) {
    ObjectList deleted =
        resources.deleteCollection(kind, listQuery(exchange, path), DeleteRequest.read(exchange));
    Renderer renderer = new Renderer(kind, Representation.JSON, Renderer.RowObject.NONE, clock);
    Responses.json(exchange, 200, renderer.list(deleted));
  }

  Renderer renderer(Exchange exchange, KindDefinition kind) {
    return new Renderer(
        kind,
        Representation.negotiate(exchange.header("Accept")),
        Renderer.rowObject(exchange.query("includeObject").orElse("")),
        clock);
  }

  /// Whether the object is still there after its deletion: held by finalizers, or, a Namespace, by
  /// those of its specification.
  private static boolean isHeld(KubernetesObject last) {
    return last.deletionTimestamp().isPresent()
        && !(last.finalizers().isEmpty() && last.spec().path("finalizers").isEmpty());
  }

  private static void written(
      Exchange exchange, int status, Renderer renderer, WriteResult result) {
    result.warnings().forEach(exchange::warn);
    respond(exchange, status, renderer, result.object());
  }

  private static void respond(
      Exchange exchange, int status, Renderer renderer, KubernetesObject object) {
    Responses.send(exchange, status, renderer.representation(), renderer.object(object));
  }

  private static ObjectKey key(ResourcePath path) {
    return new ObjectKey(path.namespace(), path.name());
  }

  private static ListQuery listQuery(Exchange exchange, ResourcePath path) {
    return new ListQuery(
        path.namespace(),
        exchange.query("labelSelector").orElse(""),
        exchange.query("fieldSelector").orElse(""),
        RequestOptions.number(exchange, "limit").orElse(0),
        exchange.query("continue").orElse(""),
        exchange.query("resourceVersion").orElse(""));
  }

  private static WriteOptions writeOptions(Exchange exchange, String kind, Subresource part) {
    return new WriteOptions(
        part,
        RequestOptions.fieldManager(exchange),
        exchange.user().name(),
        RequestOptions.dryRun(exchange, kind),
        RequestOptions.fieldValidation(exchange, kind),
        RequestOptions.flag(exchange, "force"));
  }
}
