package dev.ebb.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.cli.HttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Kubernetes's API by the server's unix socket: no process for each call, as kubectl would be.
record ApiSocket(Platform platform) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  JsonNode get(String path) {
    return call("GET", path, "");
  }

  JsonNode post(String path, String body) {
    return call("POST", path, body);
  }

  JsonNode mergePatch(String path, String body) {
    return call("PATCH", path, body);
  }

  /// Unless it has gone since.
  void delete(String path) {
    call("DELETE", path, "");
  }

  private JsonNode call(String method, String path, String body) {
    var server = UnixDomainSocketAddress.of(platform.record().path("apiSocket").asString());
    String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
    var request =
        new HttpClient.Request(
            method, path, "localhost", Map.of("Content-Type", type), body.getBytes(UTF_8));
    try (HttpClient.Response response = HttpClient.send(server, request)) {
      String text = new String(response.body().readAllBytes(), UTF_8);
      boolean gone = method.equals("DELETE") && response.status() == 404;
      if (response.status() / 100 != 2 && !gone) {
        throw new AssertionError(
            "%s %s %s: %d %s".formatted(method, path, body, response.status(), text));
      }
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
