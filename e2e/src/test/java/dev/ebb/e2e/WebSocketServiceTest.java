package dev.ebb.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A WebSocket to a Knative Service that is at zero, by its name at the gateway.
@ExtendWith(SharedPlatform.class)
class WebSocketServiceTest {
  private static final String SERVICE =
      """
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata:
        name: echo
      spec:
        template:
          metadata:
            annotations: {autoscaling.knative.dev/initial-scale: "0"}
          spec:
            containers:
            - image: mendhak/http-https-echo
      """;

  private static final int PATIENCE_MILLIS = 30_000;

  @BeforeAll
  static void root() {
    LookAlikes.needRoot();
  }

  @Test
  void aSocketStartsAnInstanceAndTalksToIt(SharedPlatform.Shared shared) throws Exception {
    Platform platform = shared.platform();
    String namespace = shared.namespace("websocket");
    LookAlikes.httpEcho(platform);
    platform.write("websocket.yaml", SERVICE);
    platform.kubectl("-n", namespace, "apply", "-f", "websocket.yaml").run().orFail();
    platform
        .kubectl("-n", namespace, "wait", "--for=condition=Ready", "ksvc/echo", "--timeout=60s")
        .run()
        .orFail();
    String host = "echo." + namespace + ".localhost";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), platform.gatewayPort())) {
      talk(socket, host);
    }
    HttpsTest.network(platform, "external-domain-tls", "Enabled");
    HttpsTest.awaitUrl(
        platform, namespace, "ksvc/echo", "https://" + host + ":" + HttpsTest.port(platform));
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), HttpsTest.port(platform));
    try (Socket socket =
        HttpsTest.trusting(platform)
            .getSocketFactory()
            .createSocket(plain, host, HttpsTest.port(platform), true)) {
      talk(socket, host);
    }
    HttpsTest.network(platform, "external-domain-tls", "Disabled");
  }

  private static void talk(Socket socket, String host) throws IOException {
    socket.setSoTimeout(PATIENCE_MILLIS);
    write(
        socket,
        "GET /talk HTTP/1.1\r\nHost: "
            + host
            + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    // The key and its answer are those of RFC 6455, section 1.3.
    assertThat(head(socket))
        .startsWith("HTTP/1.1 101 ")
        .containsIgnoringCase("\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
    // A text of two letters, masked with zeros; the echo has no mask.
    write(socket, "\u0081\u0082\0\0\0\0hi");
    assertThat(new String(socket.getInputStream().readNBytes(4), ISO_8859_1))
        .isEqualTo("\u0081\u0002hi");
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  private static String head(Socket socket) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      head.write(socket.getInputStream().readNBytes(1));
    }
    return head.toString(ISO_8859_1);
  }
}
