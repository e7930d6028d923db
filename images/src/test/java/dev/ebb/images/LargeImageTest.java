package dev.ebb.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ebb.images.distribution.MediaTypes;
import dev.ebb.images.layers.TarBytes;
import dev.ebb.images.testing.FakeRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An image that is many times as large as the memory of who pulls, unpacks and pushes it: 256 MiB,
/// and 5 GiB with `-Debb.long=true`. That process is [LargeImageUser].
class LargeImageTest {
  private static final long BYTES = Boolean.getBoolean("ebb.long") ? 5L << 30 : 256L << 20;
  private static final int HEAP_MEBIBYTES = 24;

  /// Of the layer's one file; it is repeated.
  private static final byte[] BLOCK = new byte[1 << 16];

  @TempDir private Path directory;

  static {
    new Random(1).nextBytes(BLOCK);
  }

  @Test
  void memoryIsConstant() throws Exception {
    var hash = Digest.sha256();
    write(new DigestOutputStream(OutputStream.nullOutputStream(), hash));
    var layer = Digest.of(hash);
    long size = BYTES + 512 + 1024;
    Map<String, byte[]> documents = new ConcurrentHashMap<>();
    var config = FakeRegistry.config(architecture()).replace("[]", "[\"" + layer + "\"]");
    documents.put(Digest.of(config.getBytes(UTF_8)), config.getBytes(UTF_8));
    documents.put(
        "v1",
        """
        {"schemaVersion":2,"mediaType":"%s","config":%s,
        "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]}\
        """
            .formatted(
                MediaTypes.OCI_MANIFEST,
                FakeRegistry.descriptor(
                    MediaTypes.OCI_CONFIG,
                    Digest.of(config.getBytes(UTF_8)),
                    config.getBytes(UTF_8)),
                layer,
                size)
            .getBytes(UTF_8));
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> answer(exchange, documents, size));
    server.start();
    try {
      var user =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin/java").toString(),
                      "-Xmx" + HEAP_MEBIBYTES + "m",
                      "-XX:MaxDirectMemorySize=" + HEAP_MEBIBYTES + "m",
                      "-XX:+UseSerialGC",
                      "--enable-native-access=ALL-UNNAMED",
                      "-cp",
                      System.getProperty("java.class.path"),
                      LargeImageUser.class.getName(),
                      "127.0.0.1:" + server.getAddress().getPort() + "/team/large:v1",
                      directory.toString()))
              .redirectErrorStream(true)
              .start();
      var output = new String(user.getInputStream().readAllBytes(), UTF_8);
      assertThat(user.waitFor()).as(output).isZero();
      assertThat(output).contains("unpacked " + BYTES, "pushed " + layer);
    } finally {
      server.stop(0);
    }
  }

  private static void answer(HttpExchange exchange, Map<String, byte[]> documents, long size)
      throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath();
      var document = documents.get(path.substring(path.lastIndexOf('/') + 1));
      exchange.getResponseHeaders().add("Content-Type", MediaTypes.OCI_MANIFEST);
      exchange.sendResponseHeaders(200, document == null ? size : document.length);
      if (document == null) {
        write(exchange.getResponseBody());
      } else {
        exchange.getResponseBody().write(document);
      }
    }
  }

  /// The layer: one file of [#BYTES].
  private static void write(OutputStream out) throws IOException {
    out.write(TarBytes.summed(TarBytes.tar().header('0', "large", "", BYTES)));
    for (long written = 0; written < BYTES; written += BLOCK.length) {
      out.write(BLOCK);
    }
    out.write(new byte[1024]);
  }

  private static String architecture() {
    return System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : "amd64";
  }
}
