package dev.ebb.images.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ebb.images.Digest;
import dev.ebb.images.distribution.MediaTypes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A registry in this JVM, on plain HTTP at a free port of loopback, for pulls. It has what a test
/// puts there, asks for credentials if told to, and fails on demand.
///
/// ```
/// try (var registry = new FakeRegistry()) {
///   var digest = registry.image("team/app", "v1", FakeRegistry.config("amd64"), layer);
///   registry.fail("/blobs/", 1, new Fault.Cut(100));
/// }
/// ```
///
/// Thread-safe.
public final class FakeRegistry implements AutoCloseable {
  /// @param authorization value of the header; empty when there was none
  /// @param range value of the header; empty when there was none
  public record Request(String method, String path, String authorization, String range) {}

  private static final class Content {
    final String type;
    final byte[] bytes;

    Content(String type, byte[] bytes) {
      this.type = type;
      this.bytes = bytes;
    }
  }

  private static final class Failing {
    final String path;
    final Fault fault;
    int times;

    Failing(String path, int times, Fault fault) {
      this.path = path;
      this.times = times;
      this.fault = fault;
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<String, Content> contents = new ConcurrentHashMap<>();
  private final List<Failing> failing = new ArrayList<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile RegistryAuth auth = RegistryAuth.ANYBODY;
  private volatile String redirect = "";

  public FakeRegistry() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /// `127.0.0.1:PORT`, as references have it.
  public String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /// An image of those layers, under a tag.
  ///
  /// @param config JSON, see [#config]
  /// @return digest of its manifest
  public String image(String repository, String tag, String config, byte[]... layers) {
    var described =
        Arrays.stream(layers)
            .map(it ->
                descriptor("application/vnd.oci.image.layer.v1.tar+gzip", blob(repository, it), it))
            .toList();
    var configBytes = config.getBytes(UTF_8);
    return manifest(
        repository,
        tag,
        MediaTypes.OCI_MANIFEST,
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(
                MediaTypes.OCI_MANIFEST,
                descriptor(MediaTypes.OCI_CONFIG, blob(repository, configBytes), configBytes),
                String.join(",", described)));
  }

  /// An index of images for several architectures of Linux, under a tag.
  ///
  /// @param images digests by architecture
  /// @return its digest
  public String index(String repository, String tag, Map<String, String> images) {
    var entries =
        images.entrySet().stream()
            .map(it ->
                ("{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1,"
                        + "\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}}")
                    .formatted(MediaTypes.OCI_MANIFEST, it.getValue(), it.getKey()))
            .toList();
    return manifest(
        repository,
        tag,
        MediaTypes.OCI_INDEX,
        "{\"schemaVersion\":2,\"manifests\":[" + String.join(",", entries) + "]}");
  }

  /// The configuration of an image for that architecture of Linux.
  public static String config(String architecture) {
    return "{\"architecture\":\"%s\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"
        .formatted(architecture);
  }

  /// An entry of a manifest.
  public static String descriptor(String mediaType, String digest, byte[] bytes) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(mediaType, digest, bytes.length);
  }

  /// Any document as a manifest, well-formed or not.
  ///
  /// @return its digest
  public String manifest(String repository, String tag, String contentType, String json) {
    var content = new Content(contentType, json.getBytes(UTF_8));
    var digest = Digest.of(content.bytes);
    contents.put("/v2/" + repository + "/manifests/" + tag, content);
    contents.put("/v2/" + repository + "/manifests/" + digest, content);
    return digest;
  }

  /// @return its digest
  public String blob(String repository, byte[] bytes) {
    var digest = Digest.of(bytes);
    contents.put(
        "/v2/" + repository + "/blobs/" + digest, new Content("application/octet-stream", bytes));
    return digest;
  }

  /// Everybody must have these from now on.
  public void requireBasic(String username, String password) {
    auth = new RegistryAuth.Basic(username, password);
  }

  /// Everybody must bring a token, which is given out here for these credentials.
  ///
  /// @param username empty: for none
  /// @param lifeSeconds what the token server says
  public void requireToken(String username, String password, long lifeSeconds) {
    auth = new RegistryAuth.Bearer(host(), username, password, lifeSeconds);
  }

  /// Tokens that were given out before are refused.
  public void revokeTokens() {
    auth.revoke();
  }

  /// Blobs are at that URL from now on; `PATH` in it stands for the path that was asked for.
  public void redirectBlobs(String url) {
    redirect = url;
  }

  /// Lets the next requests fail whose path contains that.
  ///
  /// @param times how many; faults for the same request are used in the order of these calls
  public void fail(String path, int times, Fault fault) {
    synchronized (failing) {
      failing.add(new Failing(path, times, fault));
    }
  }

  /// All requests, in the order of their arrival.
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath();
      var headers = exchange.getRequestHeaders();
      var authorization = header(headers, "Authorization");
      requests.add(
          new Request(exchange.getRequestMethod(), path, authorization, header(headers, "Range")));
      if (path.equals("/token")) {
        var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        var query = Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("");
        answer(exchange, auth.token(authorization, query + body));
        return;
      }
      var fault = fault(path);
      if (fault.isPresent() && fault.get() instanceof Fault.Status status) {
        answer(exchange, new RegistryAuth.Answer(status.status(), status.header(), status.body()));
        return;
      }
      var refusal = auth.refuse(authorization);
      if (refusal.isPresent()) {
        answer(exchange, refusal.get());
        return;
      }
      if (!redirect.isEmpty() && path.contains("/blobs/")) {
        var location = "Location: " + redirect.replace("PATH", path);
        answer(exchange, new RegistryAuth.Answer(307, location, ""));
        return;
      }
      serve(exchange, path, fault);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(HttpExchange exchange, String path, Optional<Fault> fault)
      throws IOException, InterruptedException {
    var content = contents.get(path);
    if (content == null) {
      answer(
          exchange,
          new RegistryAuth.Answer(
              404, "", "{\"errors\":[{\"code\":\"X\",\"message\":\"manifest unknown\"}]}"));
      return;
    }
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", content.type);
    headers.set("Docker-Content-Digest", Digest.of(content.bytes));
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", String.valueOf(content.bytes.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    int from = fault.filter(Fault.NoRanges.class::isInstance).isPresent() ? 0 : from(exchange);
    var bytes = Arrays.copyOfRange(content.bytes, from, content.bytes.length);
    if (from > 0) {
      headers.set(
          "Content-Range",
          "bytes " + from + "-" + (content.bytes.length - 1) + "/" + content.bytes.length);
    }
    send(exchange, from > 0 ? 206 : 200, bytes, fault);
  }

  private void send(HttpExchange exchange, int status, byte[] bytes, Optional<Fault> fault)
      throws IOException, InterruptedException {
    boolean endless = fault.filter(Fault.Endless.class::isInstance).isPresent();
    exchange.sendResponseHeaders(status, endless || bytes.length == 0 ? 0 : bytes.length);
    var out = exchange.getResponseBody();
    switch (fault.orElse(new Fault.NoRanges())) {
      case Fault.Cut cut -> {
        out.write(bytes, 0, Math.min(cut.bytes(), bytes.length));
        out.flush();
      }
      case Fault.Stall stall -> {
        out.write(bytes, 0, Math.min(stall.bytes(), bytes.length));
        out.flush();
        closed.await();
      }
      case Fault.Corrupt corrupt -> {
        bytes[0]++;
        out.write(bytes);
      }
      case Fault.Endless forever -> {
        while (closed.getCount() > 0) {
          out.write(bytes);
        }
      }
      case Fault.NoRanges whole -> out.write(bytes);
      case Fault.Status answered -> throw new IllegalStateException("answered before: " + answered);
    }
  }

  private Optional<Fault> fault(String path) {
    synchronized (failing) {
      for (var one : failing) {
        if (one.times > 0 && path.contains(one.path)) {
          one.times--;
          return Optional.of(one.fault);
        }
      }
    }
    return Optional.empty();
  }

  private static int from(HttpExchange exchange) {
    var range = header(exchange.getRequestHeaders(), "Range");
    return range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
  }

  private static void answer(HttpExchange exchange, RegistryAuth.Answer answer) throws IOException {
    if (!answer.header().isEmpty()) {
      var parts = answer.header().split(": ", 2);
      exchange.getResponseHeaders().add(parts[0], parts[1]);
    }
    var bytes = answer.body().getBytes(UTF_8);
    boolean none = bytes.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(answer.status(), none ? -1 : bytes.length);
    if (!none) {
      exchange.getResponseBody().write(bytes);
    }
  }

  private static String header(Headers headers, String name) {
    return Optional.ofNullable(headers.getFirst(name)).orElse("");
  }

  static String basic(String username, String password) {
    return "Basic "
        + Base64.getEncoder().encodeToString((username + ":" + password).getBytes(UTF_8));
  }
}
