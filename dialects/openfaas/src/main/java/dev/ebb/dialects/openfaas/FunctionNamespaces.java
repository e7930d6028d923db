package dev.ebb.dialects.openfaas;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.Resources;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The namespaces that functions may be in: [#DEFAULT], and those with the label `openfaas=1`. What
/// else is on the server is out of reach of those who have OpenFaaS's password.
final class FunctionNamespaces {
  static final String DEFAULT = "openfaas-fn";

  /// Where OpenFaaS itself would run.
  static final String SYSTEM = "openfaas";

  static final String LABEL = "openfaas";
  static final String LABELLED = "1";

  private static final Set<String> KEPT = Set.of(DEFAULT, SYSTEM, "default", "kube-system");

  private final Resources resources;

  FunctionNamespaces(Resources resources) {
    this.resources = resources;
  }

  /// @param asked empty for the default
  /// @throws Refusal 400
  String resolve(String asked) {
    String name = asked.isEmpty() ? DEFAULT : asked;
    KubernetesObject namespace =
        resources
            .find(CoreKinds.NAMESPACE, ObjectKey.clusterScoped(name))
            .orElseThrow(() -> Refusal.badRequest("namespace \"%s\" not found".formatted(name)));
    if (!isForFunctions(namespace)) {
      throw Refusal.badRequest(
          "namespace \"%s\" is not one for functions: it lacks the label openfaas=1 (kubectl label"
                  .formatted(name)
              + " namespace %s openfaas=1)".formatted(name));
    }
    return name;
  }

  List<String> names() {
    return all().map(KubernetesObject::name).sorted().toList();
  }

  ArrayNode list() {
    ArrayNode names = Json.object().arrayNode();
    names().forEach(names::add);
    return names;
  }

  /// @throws Refusal 404
  ObjectNode get(String name) {
    KubernetesObject namespace = find(name);
    ObjectNode json = Json.object();
    json.put("name", name);
    Json.put(json, "annotations", namespace.annotations());
    Json.put(json, "labels", namespace.labels());
    return json;
  }

  /// @throws Refusal 400 without the label, 409 when it is there
  void create(String name, JsonNode body) {
    try {
      resources.create(
          CoreKinds.NAMESPACE,
          described(
              KubernetesObject.of(CoreKinds.NAMESPACE.type(), ObjectKey.clusterScoped(name)), body),
          Writes.OPTIONS);
    } catch (ApiException refused) {
      throw refused.isAlreadyExists()
          ? new Refusal(409, "namespace %s already exists".formatted(name))
          : Writes.refusal(refused);
    }
  }

  /// @throws Refusal 400 without the label, 404
  void update(String name, JsonNode body) {
    KubernetesObject present = find(name);
    try {
      resources.update(CoreKinds.NAMESPACE, described(present, body), Writes.OPTIONS);
    } catch (ApiException refused) {
      throw Writes.refusal(refused);
    }
  }

  /// @throws Refusal 400 for those that the server itself needs, 404
  void delete(String name) {
    find(name);
    if (KEPT.contains(name)) {
      throw Refusal.badRequest("namespace %s cannot be removed".formatted(name));
    }
    try {
      resources.delete(
          CoreKinds.NAMESPACE, ObjectKey.clusterScoped(name), DeleteOptions.background());
    } catch (ApiException refused) {
      throw Writes.refusal(refused);
    }
  }

  private KubernetesObject find(String name) {
    return all()
        .filter(namespace -> namespace.name().equals(name))
        .findFirst()
        .orElseThrow(() -> Refusal.notFound("namespace %s not found".formatted(name)));
  }

  private Stream<KubernetesObject> all() {
    return resources.list(CoreKinds.NAMESPACE, ListQuery.all()).items().stream()
        .filter(FunctionNamespaces::isForFunctions)
        .filter(namespace -> namespace.deletionTimestamp().isEmpty());
  }

  private static boolean isForFunctions(KubernetesObject namespace) {
    return namespace.name().equals(DEFAULT) || LABELLED.equals(namespace.labels().get(LABEL));
  }

  private static KubernetesObject described(KubernetesObject namespace, JsonNode body) {
    Map<String, String> labels = Json.strings(body, "labels");
    if (!LABELLED.equals(labels.get(LABEL))) {
      throw Refusal.badRequest("the label openfaas=1 is required for a namespace of functions");
    }
    return namespace.with(json -> {
      ObjectNode metadata = json.withObject("/metadata");
      metadata.remove(List.of("labels", "annotations"));
      Json.put(metadata, "labels", labels);
      Json.put(metadata, "annotations", Json.strings(body, "annotations"));
    });
  }
}
