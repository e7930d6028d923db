package dev.ebb.e2e;

import dev.ebb.e2e.KnApi.Answer;
import dev.ebb.e2e.KnWait.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The request sequences of `kn service`, `kn revision` and `kn domain`, with the checks that make
/// the real one fail or crash: a kn cannot be installed by a package client, so this stands for it.
final class Kn implements AutoCloseable {
  private static final String SERVING = "serving.knative.dev/v1";

  /// kn's `DefaultRetry`: so often an update is tried when somebody else was quicker.
  private static final int UPDATES = 5;

  private final KnApi api;
  private final KnWait wait;
  private final String namespace;
  private final String image;

  Kn(Path kubeconfig, String namespace, String image) {
    this.api = new KnApi(kubeconfig);
    this.namespace = namespace;
    this.image = image;
    this.wait = new KnWait(api, path("services"));
  }

  KnApi api() {
    return api;
  }

  String path(String plural) {
    return "/apis/" + SERVING + "/namespaces/" + namespace + "/" + plural;
  }

  String domains() {
    return "/apis/serving.knative.dev/v1beta1/namespaces/" + namespace + "/domainmappings";
  }

  JsonNode service(String name) {
    return api.get(path("services") + "/" + name).expect(200);
  }

  List<JsonNode> revisions(String service) {
    List<JsonNode> revisions = new ArrayList<>();
    String query = "?labelSelector=serving.knative.dev%2Fservice%3D" + service;
    api.get(path("revisions") + query).expect(200).path("items").forEach(revisions::add);
    return revisions;
  }

  /// `kn service create NAME --image IMAGE FLAGS --no-wait`.
  Answer create(String name, Consumer<ObjectNode> flags) {
    JsonNode missing = api.get(path("services") + "/" + name).expect(404);
    if (!missing.path("reason").asString("").equals("NotFound")) {
      throw new AssertionError("not a Status: " + missing);
    }
    ObjectNode service = newService(name);
    flags.accept(service);
    return api.post(path("services"), service);
  }

  /// `kn service create NAME --image IMAGE FLAGS`.
  Outcome createAndWait(String name, Consumer<ObjectNode> flags) {
    create(name, flags).expect(201);
    return wait.untilReady(name);
  }

  ObjectNode newService(String name) {
    ObjectNode service = KnApi.JSON.createObjectNode();
    service.put("kind", "Service").put("apiVersion", SERVING);
    service.putObject("metadata").put("name", name).put("namespace", namespace);
    ObjectNode template = service.putObject("spec").putObject("template");
    template
        .putObject("metadata")
        .putObject("annotations")
        .put("client.knative.dev/updateTimestamp", "2026-01-01T00:00:00Z")
        .put("client.knative.dev/user-image", "");
    ObjectNode container = template.putObject("spec").putArray("containers").addObject();
    container.put("name", "").put("image", image).putObject("resources");
    service.putObject("status");
    return service;
  }

  /// `kn service update NAME FLAGS`, as often as somebody else is quicker.
  ///
  /// @param flags may be asked again with a newer Service
  Outcome update(String name, Consumer<ObjectNode> flags) {
    for (int attempt = 1; ; attempt++) {
      ObjectNode service = (ObjectNode) service(name).deepCopy();
      requireTraffic(service);
      service
          .withObject("/spec/template/metadata/annotations")
          .put("client.knative.dev/updateTimestamp", "2026-01-01T00:00:0" + attempt + "Z");
      lockToDigest(service);
      flags.accept(service);
      Answer answer = api.put(path("services") + "/" + name, service);
      if (answer.status() != 409 || attempt == UPDATES) {
        answer.expect(200);
        return wait.untilReady(name);
      }
      if (!answer.body().path("reason").asString("").equals("Conflict")) {
        throw new AssertionError("not a conflict: " + answer.text());
      }
    }
  }

  /// `--lock-to-digest`, which is on by default: kn takes the digest that the last Revision
  /// resolved, and refuses to go on where its image is another.
  private void lockToDigest(ObjectNode service) {
    JsonNode container = service.at("/spec/template/spec/containers/0");
    String revision =
        service
            .at("/spec/template/metadata/name")
            .asString(service.at("/status/latestCreatedRevisionName").asString());
    JsonNode base = api.get(path("revisions") + "/" + revision).expect(200);
    String used = base.at("/spec/containers/0/image").asString();
    if (!used.equals(container.path("image").asString())) {
      throw new AssertionError("could not retrieve image digest from base revision: " + used);
    }
    String digest = base.at("/status/containerStatuses/0/imageDigest").asString("");
    if (!digest.isEmpty()) {
      ((ObjectNode) container).put("image", digest);
    }
  }

  /// kn dereferences both fields of every target of a spec, and what a status' target leads to.
  static void requireTraffic(JsonNode service) {
    for (JsonNode target : service.path("spec").path("traffic")) {
      if (!target.path("latestRevision").isBoolean() || !target.path("percent").isNumber()) {
        throw new AssertionError("kn would crash at " + target);
      }
    }
    for (JsonNode target : service.path("status").path("traffic")) {
      if (target.path("revisionName").asString("").isEmpty()) {
        throw new AssertionError("kn would fail at " + target);
      }
    }
  }

  /// `kn service describe` and `kn revision list`: what they read of each Revision.
  void requireDescribable(String name) {
    JsonNode service = service(name);
    requireTraffic(service);
    if (service.at("/status/url").asString("").isEmpty()) {
      throw new AssertionError("no URL: " + service);
    }
    for (JsonNode revision : revisions(name)) {
      String generation =
          revision
              .at("/metadata/labels/serving.knative.dev~1configurationGeneration")
              .asString("none");
      Integer.parseInt(generation);
      if (!revision.at("/metadata/annotations").isObject()) {
        throw new AssertionError("kn would crash at a Revision without annotations");
      }
    }
  }

  /// `kn service delete NAME --wait`: foreground, and a watch from the version that it read.
  void deleteAndWait(String name) {
    JsonNode service = service(name);
    try (BufferedReader events = wait.watch(name, service)) {
      api.delete(path("services") + "/" + name, SERVING, "Foreground").expect(200);
      wait.untilDeleted(events);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Answer deleteRevision(String name) {
    api.get(path("revisions") + "/" + name).expect(200);
    return api.delete(path("revisions") + "/" + name, SERVING, "");
  }

  Outcome waitFor(String name) {
    return wait.untilReady(name);
  }

  /// What `--traffic` and `--tag` make of a Service: `hello-00001=20#old`, `@latest=80`.
  static Consumer<ObjectNode> traffic(String... targets) {
    return service -> {
      ArrayNode traffic = service.withObject("/spec").putArray("traffic");
      for (String target : targets) {
        String[] words = target.split("[=#]", -1);
        ObjectNode node = traffic.addObject();
        if (words[0].equals("@latest")) {
          node.put("latestRevision", true);
        } else {
          node.put("revisionName", words[0]).put("latestRevision", false);
        }
        node.put("percent", Integer.parseInt(words[1]));
        if (words.length > 2) {
          node.put("tag", words[2]);
        }
      }
    };
  }

  static Consumer<ObjectNode> env(String name, String value) {
    return service -> {
      ObjectNode container = (ObjectNode) service.at("/spec/template/spec/containers/0");
      container.putArray("env").addObject().put("name", name).put("value", value);
    };
  }

  @Override
  public void close() {
    api.close();
  }
}
