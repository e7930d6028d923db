package dev.ebb.dialects.openfaas;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.LocalHandler;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RevisionTraffic;
import dev.ebb.dataplane.Scaler;
import dev.ebb.dialects.openfaas.FunctionStatus.Usage;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.Resources;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The REST API of the OpenFaaS gateway: `/system/` and `/healthz`, with the status codes and texts
/// that faas-cli knows. Everything but `/healthz` asks for the password of [BasicAuth].
/// Thread-safe.
///
/// Source: the gateway's OpenAPI document; where providers differ, faas-netes.
public final class OpenFaasGateway implements LocalHandler {
  /// Deployments and secrets are small; Kubernetes takes no larger Secret either.
  private static final int MAX_BODY_BYTES = 1024 * 1024;

  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int ACCEPTED = 202;

  private final BasicAuth auth;
  private final FunctionNamespaces namespaces;
  private final Functions functions;
  private final Replicas replicas;
  private final FunctionSecrets secrets;
  private final FunctionLogs logs;
  private final UsageSource usage;
  private final String version;

  /// What the instances of a function use.
  @FunctionalInterface
  public interface UsageSource {
    /// @param service its namespace and name
    Use of(ObjectKey service);

    /// @param milliCpu thousandths of a processor
    record Use(double milliCpu, double memoryBytes) {}
  }

  /// @param traffic what the gateway counted of each Revision
  /// @param version of Ebb, which `faas-cli version` shows
  public OpenFaasGateway(
      Resources resources,
      Instances instances,
      Supplier<Map<RevisionId, RevisionTraffic>> traffic,
      Scaler scaler,
      UsageSource usage,
      String version,
      InstantSource clock) {
    this.auth = new BasicAuth(resources);
    this.namespaces = new FunctionNamespaces(resources);
    this.functions = new Functions(resources, traffic, scaler, clock);
    this.replicas = new Replicas(functions, resources, scaler);
    this.secrets = new FunctionSecrets(resources);
    this.logs = new FunctionLogs(instances);
    this.usage = usage;
    this.version = version;
  }

  @Override
  public void handle(Request request, Response response) throws IOException {
    try {
      if (request.path().equals("/healthz")) {
        requireMethod(request, "GET", "HEAD");
        text(response, OK, "OK");
        return;
      }
      auth.require(request.headers().getOrDefault("authorization", List.of()));
      Call call = Call.of(request, response);
      switch (call.resource()) {
        case "functions" -> functions(call);
        case "function" -> function(call);
        case "scale-function" -> scale(call);
        case "secrets" -> secrets(call);
        case "namespaces" -> namespaces(call);
        case "namespace" -> namespace(call);
        case "logs" -> logs(call);
        case "info" -> info(call);
        case "alert" -> alert(call);
        default -> throw Refusal.notFound("404 page not found");
      }
    } catch (Refusal refused) {
      if (refused.status() == 401) {
        response.header("WWW-Authenticate", "Basic realm=\"Restricted\"");
      }
      text(response, refused.status(), refused.text());
    }
  }

  /// A request to `/system/RESOURCE/NAME`.
  ///
  /// @param name empty where the path has none
  private record Call(
      Request request, Response response, String resource, String name, Parameters query) {
    static Call of(Request request, Response response) {
      String[] parts = request.path().split("/", -1);
      String name = parts.length > 3 ? parts[3] : "";
      if (parts.length > 4 || parts.length < 3) {
        throw Refusal.notFound("404 page not found");
      }
      return new Call(request, response, parts[2], name, Parameters.of(request.query()));
    }

    String method() {
      return request.method();
    }

    JsonNode body() throws IOException {
      byte[] body = request.body().readNBytes(MAX_BODY_BYTES + 1);
      if (body.length > MAX_BODY_BYTES) {
        throw new Refusal(413, "the body is larger than %d bytes".formatted(MAX_BODY_BYTES));
      }
      return Json.object(body);
    }

    void answer(int status) {
      response.status(status);
    }

    void answer(JsonNode json) throws IOException {
      response.header("Content-Type", "application/json");
      response.body().write(Json.bytes(json));
    }
  }

  private void functions(Call call) throws IOException {
    requireMethod(call.request(), "GET", "POST", "PUT", "DELETE");
    if (call.method().equals("GET")) {
      call.answer(functions.list(namespaces.resolve(call.query().last("namespace"))));
      return;
    }
    JsonNode body = call.body();
    String asked = Json.text(body, "namespace");
    String namespace = namespaces.resolve(asked.isEmpty() ? call.query().last("namespace") : asked);
    switch (call.method()) {
      case "POST" -> functions.create(FunctionDeployment.of(body), namespace);
      case "PUT" -> functions.update(FunctionDeployment.of(body), namespace);
      default -> {
        String name = Json.text(body, "functionName");
        if (name.isEmpty()) {
          throw Refusal.badRequest("functionName is required");
        }
        functions.delete(new ObjectKey(namespace, name));
      }
    }
    call.answer(ACCEPTED);
  }

  private void function(Call call) throws IOException {
    requireMethod(call.request(), "GET");
    ObjectKey key = key(call, call.query().last("namespace"));
    ObjectNode json = functions.get(key);
    if (call.query().isTrue("usage")) {
      UsageSource.Use used = usage.of(key);
      FunctionStatus.put(json, new Usage(used.milliCpu(), used.memoryBytes()));
    }
    call.answer(json);
  }

  private void scale(Call call) throws IOException {
    requireMethod(call.request(), "POST");
    JsonNode body = call.body();
    String asked = Json.text(body, "namespace");
    ObjectKey key = key(call, asked.isEmpty() ? call.query().last("namespace") : asked);
    replicas.set(key, Replicas.asked(body));
    call.answer(ACCEPTED);
  }

  /// @param namespace empty for that in the name, or the default
  private ObjectKey key(Call call, String namespace) {
    ObjectKey named = FunctionName.key(call.name());
    return new ObjectKey(
        namespaces.resolve(namespace.isEmpty() ? named.namespace() : namespace), named.name());
  }

  private void secrets(Call call) throws IOException {
    requireMethod(call.request(), "GET", "POST", "PUT", "DELETE");
    if (call.method().equals("GET")) {
      call.answer(secrets.list(namespaces.resolve(call.query().last("namespace"))));
      return;
    }
    JsonNode body = call.body();
    String asked = Json.text(body, "namespace");
    String namespace = namespaces.resolve(asked.isEmpty() ? call.query().last("namespace") : asked);
    switch (call.method()) {
      case "POST" -> secrets.create(namespace, body);
      case "PUT" -> secrets.replace(namespace, body);
      default -> secrets.delete(namespace, body);
    }
    call.answer(ACCEPTED);
  }

  private void namespaces(Call call) throws IOException {
    requireMethod(call.request(), "GET");
    call.answer(namespaces.list());
  }

  private void namespace(Call call) throws IOException {
    requireMethod(call.request(), "GET", "POST", "PUT", "DELETE");
    String name = call.name();
    switch (call.method()) {
      case "GET" -> call.answer(namespaces.get(name));
      case "POST" -> {
        JsonNode body = call.body();
        namespaces.create(name.isEmpty() ? Json.text(body, "name") : name, body);
        call.answer(CREATED);
      }
      case "PUT" -> {
        namespaces.update(name, call.body());
        call.answer(ACCEPTED);
      }
      default -> {
        namespaces.delete(name);
        call.answer(ACCEPTED);
      }
    }
  }

  private void logs(Call call) throws IOException {
    requireMethod(call.request(), "GET");
    String name = call.query().last("name");
    if (name.isEmpty()) {
      throw new Refusal(422, "could not parse the log request");
    }
    ObjectKey named = FunctionName.key(name);
    String asked = call.query().last("namespace");
    ObjectKey key =
        new ObjectKey(
            namespaces.resolve(asked.isEmpty() ? named.namespace() : asked), named.name());
    FunctionLogs.Query query = FunctionLogs.Query.of(call.query());
    KubernetesObject function = functions.find(key);
    logs.write(key, functions.revisions(function.key()), query, call.response());
  }

  private void info(Call call) throws IOException {
    requireMethod(call.request(), "GET");
    ObjectNode json = Json.object();
    ObjectNode provider = json.putObject("provider");
    provider.put("provider", "ebb").put("orchestration", "ebb");
    provider.putObject("version").put("sha", "").put("release", version);
    json.putObject("version").put("commit_message", "").put("sha", "").put("release", version);
    json.put("arch", System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch64");
    call.answer(json);
  }

  private void alert(Call call) throws IOException {
    requireMethod(call.request(), "POST");
    replicas.follow(call.body());
    call.answer(OK);
  }

  private static void requireMethod(Request request, String... allowed) {
    if (!List.of(allowed).contains(request.method())) {
      throw new Refusal(405, "%s is not possible here".formatted(request.method()));
    }
  }

  private static void text(Response response, int status, String text) throws IOException {
    response.status(status);
    response.header("Content-Type", "text/plain; charset=utf-8");
    response.body().write(text.getBytes(UTF_8));
  }
}
