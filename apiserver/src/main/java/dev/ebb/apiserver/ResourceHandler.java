package dev.ebb.apiserver;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ObjectList;
import dev.ebb.resources.Patch;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteOptions.Subresource;
import dev.ebb.resources.WriteResult;
import dev.ebb.resources.local.Scale;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// Reads and writes objects: every verb but watch.
final class ResourceHandler {
  private final Resources resources;
  private final AccessControl access;
  private final InstantSource clock;

  ResourceHandler(Resources resources, AccessControl access, InstantSource clock) {
    this.resources = resources;
    this.access = access;
    this.clock = clock;
  }

  void get(Exchange exchange, KindDefinition kind, ResourcePath path, Subresource part) {
    Renderer renderer = renderer(exchange, kind);
    KubernetesObject object =
        resources.get(kind, key(path), exchange.query("resourceVersion").orElse(""));
    respond(exchange, 200, renderer, part == Subresource.SCALE ? Scale.view(kind, object) : object);
  }

  void list(Exchange exchange, KindDefinition kind, ResourcePath path) {
    Renderer renderer = renderer(exchange, kind);
    ObjectList list = resources.list(kind, ListRequest.list(exchange, path));
    Responses.send(exchange, 200, renderer.representation(), renderer.list(list));
  }

  void create(Exchange exchange, KindDefinition kind, ResourcePath path) {
    Renderer renderer = renderer(exchange, kind);
    WriteOptions options = writeOptions(exchange, "CreateOptions", Subresource.NONE, List.of());
    KubernetesObject object = read(exchange, kind, kind.type(), path, options);
    written(
        exchange,
        201,
        renderer,
        resources.create(kind, object, options.checkedBy(access.check(exchange))));
  }

  void update(Exchange exchange, KindDefinition kind, ResourcePath path, Subresource part) {
    Renderer renderer = renderer(exchange, kind);
    WriteOptions options = writeOptions(exchange, "UpdateOptions", part, List.of());
    GroupVersionKind type = part == Subresource.SCALE ? Scale.TYPE : kind.type();
    KubernetesObject object = read(exchange, kind, type, path, options);
    written(
        exchange,
        200,
        renderer,
        resources.update(kind, object, options.checkedBy(access.check(exchange))));
  }

  void patch(Exchange exchange, KindDefinition kind, ResourcePath path, Subresource part) {
    Renderer renderer = renderer(exchange, kind);
    Patch.Type type = BodyFormat.patchType(exchange, kind.strategicMergePatch());
    WriteOptions options =
        writeOptions(exchange, "PatchOptions", part, patchErrors(exchange, type));
    List<String> duplicates = new ArrayList<>();
    Patch patch = BodyFormat.patch(exchange, type, duplicates);
    StrictDecoding.patch(exchange, options.fieldValidation(), patch, duplicates);
    options = options.checkedBy(access.checkOfPatch(exchange, path));
    WriteResult result = resources.patch(kind, key(path), patch, options);
    written(exchange, result.created() ? 201 : 200, renderer, result);
  }

  private static KubernetesObject read(
      Exchange exchange,
      KindDefinition kind,
      GroupVersionKind type,
      ResourcePath path,
      WriteOptions options) {
    RequestObject request = RequestObject.read(exchange, type, path);
    if (!request.duplicates().isEmpty()) {
      List<String> unknown = kind.schema().unknownFields(request.object().json());
      StrictDecoding.object(
          exchange, options.fieldValidation(), type, request.duplicates(), unknown);
    }
    return request.object();
  }

  private static List<FieldError> patchErrors(Exchange exchange, Patch.Type type) {
    if (type != Patch.Type.APPLY) {
      return exchange.query("force").isEmpty()
          ? List.of()
          : List.of(
              FieldError.forbidden("force", "Forbidden: may not be specified for non-apply patch"));
    }
    return exchange.query("fieldManager").orElse("").isEmpty()
        ? List.of(
            FieldError.required("fieldManager", "Required value: is required for apply patch"))
        : List.of();
  }

  void delete(Exchange exchange, KindDefinition kind, ResourcePath path) {
    DeleteRequest request = DeleteRequest.read(exchange);
    KubernetesObject last = resources.delete(kind, key(path), request.options());
    if (isHeld(last)) {
      // Kubernetes tells only those clients that the object is still there who know of 202.
      Responses.json(exchange, request.neverOrphans() ? 202 : 200, last.json());
    } else {
      Responses.json(exchange, 200, StatusDocument.deleted(kind, path.name(), last.uid()));
    }
  }

  void deleteCollection(Exchange exchange, KindDefinition kind, ResourcePath path) {
    ObjectList deleted =
        resources.deleteCollection(
            kind, ListRequest.list(exchange, path), DeleteRequest.read(exchange).options());
    Renderer renderer = new Renderer(kind, Representation.JSON, Renderer.RowObject.NONE, clock);
    Responses.json(exchange, 200, renderer.list(deleted));
  }

  Renderer renderer(Exchange exchange, KindDefinition kind) {
    return Renderer.asked(exchange, kind, clock);
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

  private static WriteOptions writeOptions(
      Exchange exchange, String kind, Subresource part, List<FieldError> more) {
    RequestOptions.check(exchange, kind, more);
    return new WriteOptions(
        part,
        RequestOptions.fieldManager(exchange),
        exchange.user().name(),
        RequestOptions.dryRun(exchange),
        RequestOptions.fieldValidation(exchange),
        RequestOptions.flag(exchange, "force"));
  }
}
