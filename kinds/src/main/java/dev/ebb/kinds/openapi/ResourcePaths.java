package dev.ebb.kinds.openapi;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The `paths` of a kind, as far as clients look at them. kubectl asks a kind's `patch` operation
/// for the query parameter `fieldValidation` before it leaves validation to the server, and finds a
/// resource's schema by the `get` of its path for `kubectl explain`.
abstract class ResourcePaths {
  private static final List<String> READ = List.of("pretty");
  private static final List<String> LIST =
      List.of(
          "allowWatchBookmarks",
          "continue",
          "fieldSelector",
          "labelSelector",
          "limit",
          "resourceVersion",
          "resourceVersionMatch",
          "sendInitialEvents",
          "timeoutSeconds",
          "watch");
  private static final List<String> WRITE = List.of("dryRun", "fieldManager", "fieldValidation");
  private static final List<String> PATCH =
      List.of("dryRun", "fieldManager", "fieldValidation", "force");
  private static final List<String> DELETE =
      List.of("dryRun", "gracePeriodSeconds", "propagationPolicy");

  private static final List<String> BOOLEANS =
      List.of("allowWatchBookmarks", "force", "sendInitialEvents", "watch");
  private static final List<String> INTEGERS =
      List.of("gracePeriodSeconds", "limit", "timeoutSeconds");

  /// A parameter in the form of the document's version.
  abstract void parameter(ObjectNode parameter, String type);

  /// The body of a write, in the form of the document's version.
  abstract void body(ObjectNode operation, String schemaName);

  /// Adds the paths of a kind to a document's `paths`.
  final void add(ObjectNode paths, KindDefinition kind) {
    String root =
        kind.group().isEmpty()
            ? "/api/" + kind.type().version()
            : "/apis/" + kind.group() + "/" + kind.type().version();
    String scope = kind.namespaced() ? "/namespaces/{namespace}" : "";
    String collection = root + scope + "/" + kind.plural();
    ObjectNode all = path(paths, collection, kind.namespaced(), false);
    operation(all, "get", "list", kind, LIST);
    if (kind.isComputed()) {
      operation(
          path(paths, collection + "/{name}", kind.namespaced(), true), "get", "get", kind, READ);
      return;
    }
    body(operation(all, "post", "post", kind, WRITE), schemaName(kind.type()));
    addObject(paths, collection + "/{name}", kind, true);
    if (kind.statusSubresource()) {
      addObject(paths, collection + "/{name}/status", kind, false);
    }
  }

  private void addObject(ObjectNode paths, String path, KindDefinition kind, boolean deletable) {
    ObjectNode one = path(paths, path, kind.namespaced(), true);
    operation(one, "get", "get", kind, READ);
    body(operation(one, "put", "put", kind, WRITE), schemaName(kind.type()));
    operation(one, "patch", "patch", kind, PATCH);
    if (deletable) {
      operation(one, "delete", "delete", kind, DELETE);
    }
  }

  private ObjectNode path(ObjectNode paths, String path, boolean namespaced, boolean named) {
    ObjectNode item = paths.putObject(path);
    ArrayNode parameters = item.putArray("parameters");
    if (named) {
      inPath(parameters, "name");
    }
    if (namespaced) {
      inPath(parameters, "namespace");
    }
    return item;
  }

  private void inPath(ArrayNode parameters, String name) {
    ObjectNode parameter = parameters.addObject();
    parameter.put("name", name).put("in", "path").put("required", true);
    parameter(parameter, "string");
  }

  private ObjectNode operation(
      ObjectNode item, String verb, String action, KindDefinition kind, List<String> queries) {
    ObjectNode operation = item.putObject(verb);
    ArrayNode parameters = operation.putArray("parameters");
    for (String query : queries) {
      ObjectNode parameter = parameters.addObject();
      parameter.put("name", query).put("in", "query");
      parameter(
          parameter,
          BOOLEANS.contains(query) ? "boolean" : INTEGERS.contains(query) ? "integer" : "string");
    }
    operation.putObject("responses").putObject("200").put("description", "OK");
    operation.put("x-kubernetes-action", action);
    operation.set("x-kubernetes-group-version-kind", typeOf(kind.type()));
    return operation;
  }

  static ObjectNode typeOf(GroupVersionKind type) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("group", type.group())
        .put("kind", type.kind())
        .put("version", type.version());
  }

  /// As Kubernetes names schemas: `io.k8s.api.apps.v1.Deployment`, `dev.knative.serving.v1.Route`.
  static String schemaName(GroupVersionKind type) {
    if (type.group().equals("apiregistration.k8s.io")) {
      return "io.k8s.kube-aggregator.pkg.apis.apiregistration.%s.%s"
          .formatted(type.version(), type.kind());
    }
    if (!type.group().contains(".") || type.group().endsWith(".k8s.io")) {
      String group = type.group().isEmpty() ? "core" : type.group().split("\\.", 2)[0];
      return "io.k8s.api.%s.%s.%s".formatted(group, type.version(), type.kind());
    }
    List<String> parts = Arrays.asList(type.group().split("\\.", -1));
    Collections.reverse(parts);
    return "%s.%s.%s".formatted(String.join(".", parts), type.version(), type.kind());
  }
}
