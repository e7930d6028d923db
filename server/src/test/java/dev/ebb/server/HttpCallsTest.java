package dev.ebb.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ebb.eventing.calls.Call;
import dev.ebb.eventing.calls.CallSender;
import dev.ebb.eventing.log.Payload;
import dev.ebb.kinds.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Calls over real connections, to a peer that says what a test wants.
class HttpCallsTest {
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private ServerSocket server;
  private HttpCalls calls;
  private final AtomicInteger connections = new AtomicInteger();

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
    calls =
        new HttpCalls(
            server::getLocalPort,
            new CallbackAddresses(
                Set::of, server::getLocalPort, _ -> new InetAddress[] {server.getInetAddress()}));
  }

  @AfterEach
  void close() throws IOException {
    calls.close();
    server.close();
  }

  /// Answers one request after the other on each connection, and ends it behind a response that is
  /// followed by `END`.
  private Thread serve(List<String> responses) {
    return Thread.ofVirtual()
        .start(() -> {
          List<String> left = new ArrayList<>(responses);
          while (!left.isEmpty()) {
            try (Socket socket = server.accept()) {
              connections.incrementAndGet();
              while (!left.isEmpty()) {
                if (!read(socket.getInputStream())) {
                  break;
                }
                String response = left.removeFirst();
                socket.getOutputStream().write(response.replace("END", "").getBytes(ISO_8859_1));
                if (response.endsWith("END")) {
                  break;
                }
              }
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          }
        });
  }

  private boolean read(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        return false;
      }
      head.append((char) c);
    }
    String text = head.toString();
    int length = Integer.parseInt(text.replaceAll("(?s).*Content-Length: ([0-9]+).*", "$1"));
    requests.add(text + new String(in.readNBytes(length), UTF_8));
    return true;
  }

  private static Call call(String method, String path, Map<String, List<String>> headers) {
    return new Call(
        "1",
        "q",
        new ObjectKey("openfaas-fn", "hello"),
        method,
        path,
        "a=b c",
        headers,
        Optional.empty(),
        0,
        Instant.EPOCH);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Bytes(byte[] bytes) implements Payload {
    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(bytes);
    }
  }

  private String send(String body) throws Exception {
    return told(calls.call(call("POST", "/", Map.of()), new Bytes(body.getBytes(UTF_8))));
  }

  private static String told(CallSender.Answer answer) throws IOException {
    try (answer) {
      return answer.status() + " " + new String(answer.body().readAllBytes(), UTF_8);
    }
  }

  @Test
  void aCallIsTheRequestThatItWas() throws Exception {
    serve(List.of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    Call call =
        call(
            "PUT",
            "/deep path",
            Map.of(
                "x-one", List.of("1", "2"),
                "host", List.of("elsewhere"),
                "content-length", List.of("99"),
                "x-bad", List.of("a\r\nx-injected: b"),
                "x bad", List.of("c")));
    assertThat(told(calls.call(call, new Bytes("body".getBytes(UTF_8))))).isEqualTo("200 ok");
    assertThat(requests).hasSize(1);
    assertThat(requests.getFirst())
        .startsWith("PUT /function/hello.openfaas-fn/deep%20path?a=b%20c HTTP/1.1\r\n")
        .contains("Host: 127.0.0.1:" + server.getLocalPort() + "\r\n")
        .contains("x-one: 1\r\nx-one: 2\r\n")
        .contains("Content-Length: 4\r\n")
        .doesNotContain("injected", "x bad", "elsewhere", ": 99")
        .endsWith("\r\n\r\nbody");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200\r\ncontent-length:5 \r\n\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nT: v\r\n\r\n",
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhelloEND",
        "HTTP/1.1 200 OK\r\n\r\nhelloEND",
        "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhelloEND"
      })
  void answersEndWhereTheySay(String response) throws Exception {
    serve(List.of(response, response));
    assertThat(send("a")).isEqualTo("200 hello");
    assertThat(send("b")).isEqualTo("200 hello");
    assertThat(connections).hasValue(response.endsWith("END") ? 2 : 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhelloEND",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhelloEND",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloEND",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nhelloEND",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\nEND",
        "HTTP/1.1 200 OK\r\nno header\r\n\r\nEND",
        "SMTP hello\r\nEND",
        "HTTP/1.1 101 Switching Protocols\r\n\r\nEND",
        "HTTP/1.1 20END"
      })
  void brokenAnswersAreToldAsSuch(String response) {
    serve(List.of(response));
    assertThatThrownBy(() -> send("a")).isInstanceOf(IOException.class);
  }

  @Test
  void aConnectionThatWasClosedMeanwhileIsReplaced() throws Exception {
    serve(
        List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1END",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2"));
    assertThat(send("a")).isEqualTo("200 1");
    assertThat(send("b")).isEqualTo("200 2");
    assertThat(requests).hasSize(2);
  }

  @Test
  void anAnswerThatNobodyReadsDoesNotGetIntoTheNextOne() throws Exception {
    serve(
        List.of(
            "HTTP/1.1 503 No\r\nx-openfaas-internal: QueueFull\r\nContent-Length: 4\r\n\r\nfull",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    try (CallSender.Answer refused =
        calls.call(call("POST", "/", Map.of()), new Bytes(new byte[0]))) {
      assertThat(refused.refusal()).contains("QueueFull");
    }
    assertThat(send("b")).isEqualTo("200 ok");
    assertThat(connections).hasValue(1);
  }

  @Test
  void largeBodiesStream() throws Exception {
    serve(List.of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    String large = "large".repeat(100_000);
    assertThat(send(large)).isEqualTo("200 ok");
    assertThat(requests.getFirst()).endsWith("\r\n\r\n" + large);
  }

  @ParameterizedTest
  @CsvSource({
    "http://user:secret@receiver.example:%d/told?a=b, POST /told?a=b HTTP/1.1",
    "http://receiver.example:%d, POST / HTTP/1.1",
    "http://gateway.openfaas:8080/function/next, POST /function/next HTTP/1.1"
  })
  void callbacksGoToTheAddressThatWasChecked(String url, String line) throws Exception {
    serve(List.of("HTTP/1.1 307 Elsewhere\r\nLocation: /b\r\nContent-Length: 0\r\n\r\nEND"));
    assertThat(
            told(
                calls.callBack(
                    URI.create(url.formatted(server.getLocalPort())),
                    Map.of("x-call-id", List.of("1")),
                    new Bytes("answer".getBytes(UTF_8)))))
        .isEqualTo("307 ");
    assertThat(requests.getFirst())
        .startsWith(line + "\r\n")
        .contains("Connection: close\r\n", "x-call-id: 1\r\n")
        .doesNotContain("secret")
        .endsWith("answer");
  }

  @Test
  void whoStopsIsNotToldThatACallFailed() throws Exception {
    Thread peer =
        Thread.ofVirtual()
            .start(() -> {
              try (Socket socket = server.accept()) {
                read(socket.getInputStream());
                socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    List<Throwable> thrown = new ArrayList<>();
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                send("a");
              } catch (Exception e) {
                thrown.add(e);
              }
            });
    await().until(() -> !requests.isEmpty());
    caller.interrupt();
    caller.join();
    assertThat(thrown).singleElement().isInstanceOf(InterruptedException.class);
    peer.join();
  }
}
