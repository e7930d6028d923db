package dev.ebb.cli.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.cli.CliException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The API of an OpenFaaS gateway, Ebb's or another, as far as stack files need it. For one thread.
public final class OpenFaasClient implements AutoCloseable {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int NOT_FOUND = 404;

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private final String gateway;
  private final String credentials;

  /// @param gateway `http://localhost:8080`
  /// @param credentials `user:password`; empty for a gateway that wants none
  public OpenFaasClient(String gateway, String credentials) {
    this.gateway = gateway.replaceAll("/+$", "");
    this.credentials = credentials;
  }

  public String gateway() {
    return gateway;
  }

  /// @return whether it was there before
  /// @throws CliException with the gateway's reason
  public boolean deploy(StackFunction function) {
    ObjectNode body = body(function);
    HttpResponse<String> answer = send("PUT", body);
    boolean there = answer.statusCode() != NOT_FOUND;
    if (!there) {
      answer = send("POST", body);
    }
    require(answer, "deploy", function.name());
    return there;
  }

  /// @return whether it was there
  /// @throws CliException with the gateway's reason
  public boolean remove(String name, String namespace) {
    ObjectNode body = MAPPER.createObjectNode().put("functionName", name);
    if (!namespace.isEmpty()) {
      body.put("namespace", namespace);
    }
    HttpResponse<String> answer = send("DELETE", body);
    if (answer.statusCode() == NOT_FOUND) {
      return false;
    }
    require(answer, "remove", name);
    return true;
  }

  private HttpResponse<String> send(String method, ObjectNode body) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(gateway + "/system/functions"))
              .timeout(PATIENCE)
              .header("Content-Type", "application/json")
              .method(method, HttpRequest.BodyPublishers.ofString(body.toString()));
      if (!credentials.isEmpty()) {
        request.header(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8)));
      }
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IllegalArgumentException e) {
      throw new CliException("%s is no URL of a gateway: %s".formatted(gateway, e.getMessage()));
    } catch (IOException e) {
      throw new CliException(
          "the gateway %s does not answer: %s".formatted(gateway, e), CliException.UNREACHABLE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException("interrupted");
    }
  }

  private void require(HttpResponse<String> answer, String verb, String name) {
    switch (answer.statusCode()) {
      case 200, 201, 202 -> {}
      case 401 ->
          throw new CliException(
              "%s wants its password: log in with faas-cli login --gateway %s, or set OPENFAAS_USER and OPENFAAS_PASSWORD"
                  .formatted(gateway, gateway));
      default ->
          throw new CliException(
              "cannot %s %s: %s (%d)"
                  .formatted(verb, name, answer.body().strip(), answer.statusCode()));
    }
  }

  private static ObjectNode body(StackFunction function) {
    ObjectNode body = MAPPER.createObjectNode();
    body.put("service", function.name()).put("image", function.image());
    text(body, "namespace", function.namespace());
    text(body, "envProcess", function.process());
    map(body, "envVars", function.environment());
    list(body, "constraints", function.constraints());
    list(body, "secrets", function.secrets());
    map(body, "labels", function.labels());
    map(body, "annotations", function.annotations());
    map(body, "limits", function.limits());
    map(body, "requests", function.requests());
    if (function.readOnlyRootFilesystem()) {
      body.put("readOnlyRootFilesystem", true);
    }
    return body;
  }

  private static void text(ObjectNode body, String field, String value) {
    if (!value.isEmpty()) {
      body.put(field, value);
    }
  }

  private static void map(ObjectNode body, String field, Map<String, String> values) {
    if (!values.isEmpty()) {
      values.forEach(body.putObject(field)::put);
    }
  }

  private static void list(ObjectNode body, String field, List<String> values) {
    if (!values.isEmpty()) {
      values.forEach(body.putArray(field)::add);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
