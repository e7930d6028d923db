package dev.ebb.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// A registry on loopback (OCI distribution specification) none of whose images can run: `gone` is
/// not there, `closed` is nobody's, a layer of `torn` has other bytes than its digest says, and
/// `arm` is for another machine. Before each of these names there may be others (`pods/gone`).
final class BrokenRegistry implements AutoCloseable {
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final byte[] CONFIG =
      bytes(
          """
          {"architecture": "%s", "os": "linux", "config": {},
           "rootfs": {"type": "layers", "diff_ids": ["%s"]}}
          """
              .formatted(
                  System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64",
                  digest(bytes("right"))));
  private static final byte[] TORN =
      bytes(
          """
          {"schemaVersion": 2, "mediaType": "%s",
           "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": "%s", "size": %d},
           "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar",
            "digest": "%s", "size": 5}]}
          """
              .formatted(MANIFEST, digest(CONFIG), CONFIG.length, digest(bytes("right"))));
  private static final byte[] ARM =
      bytes(
          """
          {"schemaVersion": 2, "mediaType": "%s",
           "manifests": [{"mediaType": "%s", "digest": "%s", "size": 1,
            "platform": {"architecture": "s390x", "os": "linux"}}]}
          """
              .formatted(INDEX, MANIFEST, digest(bytes("x"))));

  private final HttpServer server;
  private final Map<String, Instant> answered = new ConcurrentHashMap<>();

  BrokenRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  /// `HOST:PORT`.
  String name() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /// When the registry first gave the answer that is wrong with this image.
  Instant answered(String repository) {
    return Objects.requireNonNull(answered.get(repository));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String whole = exchange.getRequestURI().getPath();
    String path = whole.replaceFirst("^/v2/pods/", "/v2/");
    if (isWrong(exchange.getRequestMethod(), path)) {
      answered.putIfAbsent(whole.replaceFirst("^/v2/(.*)/[a-z]+/[^/]*$", "$1"), Instant.now());
    }
    if (path.equals("/v2/")) {
      send(exchange, 200, "application/json", bytes("{}"));
    } else if (path.startsWith("/v2/closed/")) {
      send(exchange, 403, "application/json", error("DENIED", "no access to closed"));
    } else if (path.startsWith("/v2/torn/manifests/")) {
      send(exchange, 200, MANIFEST, TORN);
    } else if (path.equals("/v2/torn/blobs/" + digest(CONFIG))) {
      send(exchange, 200, "application/octet-stream", CONFIG);
    } else if (path.startsWith("/v2/torn/blobs/")) {
      send(exchange, 200, "application/octet-stream", bytes("wrong"));
    } else if (path.startsWith("/v2/arm/manifests/")) {
      send(exchange, 200, INDEX, ARM);
    } else {
      send(exchange, 404, "application/json", error("MANIFEST_UNKNOWN", "manifest unknown"));
    }
  }

  /// Nothing is wrong with the digest of `arm`, nor with the manifest and the configuration of
  /// `torn`.
  private static boolean isWrong(String method, String path) {
    return path.startsWith("/v2/torn/")
        ? path.endsWith("/blobs/" + digest(bytes("right")))
        : !(path.startsWith("/v2/arm/") && method.equals("HEAD"));
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.getResponseHeaders().set("Docker-Content-Digest", digest(body));
      boolean head = exchange.getRequestMethod().toUpperCase(Locale.ROOT).equals("HEAD");
      if (head) {
        exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      }
      exchange.sendResponseHeaders(status, head ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private static byte[] error(String code, String message) {
    return bytes("{\"errors\":[{\"code\":\"%s\",\"message\":\"%s\"}]}".formatted(code, message));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String digest(byte[] content) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
