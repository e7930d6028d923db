package dev.ebb.cli;

import dev.ebb.kinds.KubernetesObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The Kubernetes API of the server on this machine, reached over its unix socket.
public final class ApiClient {
  private static final JsonMapper MAPPER = new JsonMapper();

  private final Path socket;

  public ApiClient(Path socket) {
    this.socket = socket;
  }

  /// A refusal by the server, with the message of its `Status`.
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    Refused(int code, String message) {
      super(message);
      this.code = code;
    }

    public int code() {
      return code;
    }
  }

  public Optional<KubernetesObject> find(ResourcePath path) {
    try {
      return Optional.of(object(call("GET", path.object(), "", new byte[0])));
    } catch (Refused refused) {
      if (refused.code() == 404) {
        return Optional.empty();
      }
      throw refused;
    }
  }

  public List<KubernetesObject> list(ResourcePath path, String labelSelector) {
    String query =
        labelSelector.isEmpty() ? "" : "?labelSelector=" + ResourcePath.encode(labelSelector);
    List<KubernetesObject> items = new ArrayList<>();
    JsonNode list = call("GET", path.collection() + query, "", new byte[0]);
    String itemKind = list.path("kind").asString("").replaceFirst("List$", "");
    for (JsonNode item : list.path("items")) {
      ObjectNode json = (ObjectNode) item;
      if (!json.has("kind")) {
        json.put("apiVersion", list.path("apiVersion").asString("")).put("kind", itemKind);
      }
      items.add(new KubernetesObject(json));
    }
    return items;
  }

  public KubernetesObject create(ResourcePath path, KubernetesObject object) {
    return object(
        call(
            "POST",
            path.collection() + "?fieldManager=ebb-cli&fieldValidation=Strict",
            "application/json",
            MAPPER.writeValueAsBytes(object.json())));
  }

  public KubernetesObject update(ResourcePath path, KubernetesObject object) {
    return object(
        call(
            "PUT",
            path.object() + "?fieldManager=ebb-cli&fieldValidation=Strict",
            "application/json",
            MAPPER.writeValueAsBytes(object.json())));
  }

  public KubernetesObject mergePatch(ResourcePath path, ObjectNode patch) {
    return object(
        call(
            "PATCH",
            path.object() + "?fieldManager=ebb-cli&fieldValidation=Strict",
            "application/merge-patch+json",
            MAPPER.writeValueAsBytes(patch)));
  }

  public void delete(ResourcePath path) {
    call("DELETE", path.object(), "", new byte[0]);
  }

  /// Calls back with each state of an object, the present one first, until the callback has a
  /// result or the time is over.
  ///
  /// @param seconds 1 or more
  public <T> Optional<T> await(
      ResourcePath path, int seconds, Function<KubernetesObject, Optional<T>> check) {
    String target =
        "%s?watch=true&fieldSelector=%s&timeoutSeconds=%d"
            .formatted(
                path.collection(), ResourcePath.encode("metadata.name=" + path.name()), seconds);
    try (HttpClient.Response response = send("GET", target, "", new byte[0])) {
      checked(response);
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode event = MAPPER.readTree(line);
        String type = event.path("type").asString("");
        if (type.equals("ADDED") || type.equals("MODIFIED")) {
          Optional<T> result = check.apply(object(event.path("object")));
          if (result.isPresent()) {
            return result;
          }
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /// Any document of the API: discovery, versions.
  public JsonNode get(String target) {
    return call("GET", target, "", new byte[0]);
  }

  /// Posts a document that is no object to be stored.
  public JsonNode post(String target, JsonNode document) {
    return call("POST", target, "application/json", MAPPER.writeValueAsBytes(document));
  }

  /// Posts a document, and calls back with each line of the answer, which is a document too.
  public void post(String target, JsonNode document, Consumer<JsonNode> each) {
    try (HttpClient.Response response =
        send("POST", target, "application/json", MAPPER.writeValueAsBytes(document))) {
      checked(response);
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        each.accept(MAPPER.readTree(line));
      }
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /// Sends a file of any length.
  ///
  /// @param length in bytes; -1 when it is not known
  public JsonNode upload(String target, InputStream body, long length) {
    HttpClient.Request request =
        new HttpClient.Request(
            "POST",
            target,
            "localhost",
            Map.of(
                "Accept",
                "application/json",
                "User-Agent",
                "ebb",
                "Content-Type",
                "application/x-tar"),
            new byte[0]);
    try (HttpClient.Response response =
        HttpClient.upload(UnixDomainSocketAddress.of(socket), request, body, length)) {
      checked(response);
      return MAPPER.readTree(response.body().readAllBytes());
    } catch (ConnectException | NoSuchFileException e) {
      throw notThere();
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /// Deletes what is no object.
  public JsonNode delete(String target) {
    return call("DELETE", target, "", new byte[0]);
  }

  /// A stream of text, such as a log; the caller closes it.
  public InputStream stream(String target) {
    HttpClient.Response response = send("GET", target, "", new byte[0]);
    checked(response);
    return response.body();
  }

  private JsonNode call(String method, String target, String contentType, byte[] body) {
    try (HttpClient.Response response = send(method, target, contentType, body)) {
      checked(response);
      return MAPPER.readTree(response.body().readAllBytes());
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private HttpClient.Response send(String method, String target, String contentType, byte[] body) {
    Map<String, String> headers =
        contentType.isEmpty()
            ? Map.of("Accept", "application/json", "User-Agent", "ebb")
            : Map.of(
                "Accept", "application/json", "User-Agent", "ebb", "Content-Type", contentType);
    try {
      return HttpClient.send(
          UnixDomainSocketAddress.of(socket),
          new HttpClient.Request(method, target, "localhost", headers, body));
    } catch (ConnectException | NoSuchFileException e) {
      throw notThere();
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private CliException notThere() {
    return new CliException(
        "no Ebb server answers at %s. Start one with: ebb up".formatted(socket),
        CliException.UNREACHABLE);
  }

  private static void checked(HttpClient.Response response) {
    if (response.status() < 300) {
      return;
    }
    String text;
    try (response) {
      text = new String(response.body().readNBytes(1 << 20), StandardCharsets.UTF_8);
    } catch (IOException e) {
      text = "";
    }
    String message = text;
    if (text.startsWith("{")) {
      message = MAPPER.readTree(text).path("message").asString(text);
    }
    throw new Refused(response.status(), message);
  }

  private static KubernetesObject object(JsonNode node) {
    return new KubernetesObject((ObjectNode) node);
  }

  private static CliException lost(IOException cause) {
    return new CliException(
        "the connection to the Ebb server broke (%s). See `ebb status`."
            .formatted(cause.getMessage()),
        CliException.UNREACHABLE);
  }
}
