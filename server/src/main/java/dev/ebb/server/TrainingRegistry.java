package dev.ebb.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ebb.images.Digest;
import dev.ebb.images.TarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/// A registry at loopback with one image, from which `ebb train` pulls: without profiles of
/// hashing, decompressing and unpacking, the first pull of a server spends more time on compiling
/// itself than on the image.
final class TrainingRegistry implements AutoCloseable {
  // Together some 20 MB, so that the loops over their bytes are compiled in the training too.
  private static final int LAYERS = 3;
  private static final int FILES = 500;
  private static final int FILE_BYTES = 14_000;

  private final Map<String, byte[]> blobs = new HashMap<>();
  private final byte[] manifest;
  private final HttpServer server;

  TrainingRegistry() throws IOException {
    List<String> diffIds = new ArrayList<>();
    List<String> layers = new ArrayList<>();
    Random random = new Random(1);
    for (int layer = 0; layer < LAYERS; layer++) {
      byte[] archive = archive(random, layer);
      diffIds.add("\"" + Digest.of(archive) + "\"");
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
        gzip.write(archive);
      }
      layers.add(put("application/vnd.oci.image.layer.v1.tar+gzip", packed.toByteArray()));
    }
    String architecture = System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : "amd64";
    String config =
        """
        {"architecture":"%s","os":"linux","config":{"Cmd":["/hello"]},\
        "rootfs":{"type":"layers","diff_ids":[%s]}}\
        """
            .formatted(architecture, String.join(",", diffIds));
    String described = put("application/vnd.oci.image.config.v1+json", bytes(config));
    manifest =
        bytes(
            """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
            "config":%s,"layers":[%s]}\
            """
                .formatted(described, String.join(",", layers)));
    blobs.put(Digest.of(manifest), manifest);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  /// The image, as it is written in a manifest.
  String image() {
    return "127.0.0.1:" + server.getAddress().getPort() + "/train/hello:latest";
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private static byte[] archive(Random random, int layer) throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    for (int file = 0; file < FILES; file++) {
      byte[] content = new byte[FILE_BYTES];
      random.nextBytes(content);
      for (int index = 0; index < content.length; index += 2) {
        content[index] = 'x';
      }
      files.put("layer-%d/directory-%d/file-%d".formatted(layer, file / 20, file), content);
    }
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    TarWriter.write(files, archive);
    return archive.toByteArray();
  }

  /// @return the descriptor
  private String put(String mediaType, byte[] content) {
    String digest = Digest.of(content);
    blobs.put(digest, content);
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(mediaType, digest, content.length);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String version = path.substring(path.lastIndexOf('/') + 1);
    byte[] content = version.equals("latest") ? manifest : blobs.get(version);
    try (exchange) {
      if (path.contains("/manifests/")) {
        exchange
            .getResponseHeaders()
            .add("Content-Type", "application/vnd.oci.image.manifest.v1+json");
        exchange.getResponseHeaders().add("Docker-Content-Digest", Digest.of(manifest));
      }
      if (content == null || exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(content == null && !path.equals("/v2/") ? 404 : 200, -1);
        return;
      }
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
