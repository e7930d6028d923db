package dev.ebb.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// The objects of Knative Serving in one namespace, over the wire, for the tests of its
/// specification. Their program answers with the variable `TARGET`.
final class ServingObjects implements AutoCloseable {
  private static final String API_VERSION = "serving.knative.dev/v1";

  private final Platform platform;
  private final KnApi api;
  private final String namespace;
  private final String image;

  ServingObjects(SharedPlatform.Shared shared, String namespace) {
    this.platform = shared.platform();
    this.api = new KnApi(Path.of(platform.kubeconfig()));
    this.namespace = shared.namespace(namespace);
    this.image = shared.image();
  }

  KnApi api() {
    return api;
  }

  String image() {
    return image;
  }

  /// @param text JSON with single quotes
  static ObjectNode json(String text) {
    return (ObjectNode) KnApi.JSON.readTree(text.replace('\'', '"'));
  }

  String path(String plural) {
    return "/apis/%s/namespaces/%s/%s".formatted(API_VERSION, namespace, plural);
  }

  String path(String plural, String name) {
    return path(plural) + "/" + name;
  }

  ObjectNode service(String name, String target) {
    return withTemplate("Service", name, target);
  }

  ObjectNode configuration(String name, String target) {
    return withTemplate("Configuration", name, target);
  }

  private ObjectNode withTemplate(String kind, String name, String target) {
    return json(
        """
        {'apiVersion': '%s', 'kind': '%s', 'metadata': {'name': '%s', 'namespace': '%s'},
         'spec': {'template': {'metadata': {}, 'spec': {'containers': [
           {'image': '%s', 'env': [{'name': 'TARGET', 'value': '%s'}]}]}}}}
        """
            .formatted(API_VERSION, kind, name, namespace, image, target));
  }

  /// @param traffic a list of targets
  ObjectNode route(String name, String traffic) {
    return json(
        """
        {'apiVersion': '%s', 'kind': 'Route', 'metadata': {'name': '%s', 'namespace': '%s'},
         'spec': {'traffic': %s}}
        """
            .formatted(API_VERSION, name, namespace, traffic));
  }

  JsonNode create(String plural, JsonNode object) {
    return api.post(path(plural), object).expect(201);
  }

  /// A Service that is ready.
  JsonNode deploy(String name, String target) {
    create("services", service(name, target));
    return awaitReady("services", name);
  }

  /// Asks for another answer, and waits until the Service has it.
  JsonNode update(String service, String target) {
    patchTarget(service, target);
    return awaitReady("services", service);
  }

  void patchTarget(String service, String target) {
    patch(
        "services",
        service,
        "{'spec': {'template': {'spec': {'containers': [{'image': '%s', 'env': [{'name': 'TARGET', 'value': '%s'}]}]}}}}"
            .formatted(image, target));
  }

  /// @param text JSON with single quotes
  JsonNode patch(String plural, String name, String text) {
    return api.mergePatch(path(plural, name), json(text)).expect(200);
  }

  JsonNode get(String plural, String name) {
    return api.get(path(plural, name)).expect(200);
  }

  List<JsonNode> list(String plural, String selector) {
    List<JsonNode> items = new ArrayList<>();
    api.get(path(plural) + "?labelSelector=" + selector.replace("/", "%2F").replace("=", "%3D"))
        .expect(200)
        .path("items")
        .forEach(items::add);
    return items;
  }

  JsonNode await(String plural, String name, Predicate<JsonNode> condition) {
    List<JsonNode> seen = new ArrayList<>();
    Awaitility.await(plural + " " + name)
        .until(() -> {
          KnApi.Answer answer = api.get(path(plural, name));
          seen.add(answer.body());
          return answer.status() == 200 && condition.test(answer.body());
        });
    return seen.getLast();
  }

  void awaitGone(String plural, String name) {
    Awaitility.await(plural + " " + name).until(() -> api.get(path(plural, name)).status() == 404);
  }

  /// Ready, and of the newest spec.
  JsonNode awaitReady(String plural, String name) {
    return await(
        plural, name, object -> isObserved(object) && status(object, "Ready").equals("True"));
  }

  static boolean isObserved(JsonNode object) {
    return object.at("/status/observedGeneration").asLong(-1)
        == object.at("/metadata/generation").asLong();
  }

  static JsonNode condition(JsonNode object, String type) {
    for (JsonNode condition : object.at("/status/conditions")) {
      if (condition.path("type").asString("").equals(type)) {
        return condition;
      }
    }
    return MissingNode.getInstance();
  }

  /// Unknown where there is no such condition.
  static String status(JsonNode object, String type) {
    return condition(object, type).path("status").asString("Unknown");
  }

  /// What the program says to a request for a host of the namespace.
  ///
  /// @param host `NAME`, or `TAG-NAME`
  String call(String host) {
    return calls(host, 1).getFirst();
  }

  /// The answers to requests one after the other on one connection.
  List<String> calls(String host, int count) {
    return platform
        .curl(
            "--fail",
            "-H",
            "Host: %s.%s.localhost".formatted(host, namespace),
            "%s/?[1-%d]".formatted(platform.gateway(), count))
        .run()
        .orFail()
        .out()
        .lines()
        .toList();
  }

  @Override
  public void close() {
    api.close();
  }
}
