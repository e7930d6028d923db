package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpClientTest {
  @TempDir private Path directory = Path.of("");

  /// Answers one request with these bytes and tells what it got.
  private CompletableFuture<String> answer(String bytes) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(directory.resolve("s")));
    return CompletableFuture.supplyAsync(
        () -> {
          try (server;
              SocketChannel channel = server.accept()) {
            ByteBuffer request = ByteBuffer.allocate(64 * 1024);
            channel.read(request);
            channel.write(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.UTF_8)));
            return StandardCharsets.UTF_8.decode(request.flip()).toString();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  private HttpClient.Response send(String method, String body) throws IOException {
    return HttpClient.send(
        UnixDomainSocketAddress.of(directory.resolve("s")),
        new HttpClient.Request(
            method,
            "/path?q=1",
            "localhost",
            Map.of("X-A", "b"),
            body.getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "length   | HTTP/1.1 200 OK~Content-Length: 5~~hello                     | 200 | hello",
        "chunked  | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~hel~2;x=y~lo~0~~ | 200 | hello",
        "to close | HTTP/1.1 404 Not Found~~gone                                 | 404 | gone",
        "interim  | HTTP/1.1 100 Continue~~HTTP/1.1 201 Created~Content-Length: 1~~x | 201 | x",
        "empty    | HTTP/1.1 204 No Content~~                                    | 204 | ``"
      })
  void everyFramingOfABodyIsRead(String name, String answer, int status, String body)
      throws IOException {
    CompletableFuture<String> request = answer(answer.replace("~", "\r\n"));

    try (HttpClient.Response response = send("GET", "")) {
      assertThat(response.status()).isEqualTo(status);
      assertThat(new String(response.body().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo(body);
    }
    assertThat(request.join())
        .startsWith("GET /path?q=1 HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "short body  | HTTP/1.1 200 OK~Content-Length: 9~~hello           | 4 bytes are missing",
        "short chunk | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~9~hel  | middle of a chunk",
        "no answer   | ``                                                 | closed the connection",
        "not HTTP    | SSH-2.0-OpenSSH~                                   | not HTTP/1.1"
      })
  void anAnswerThatBreaksOffIsAnErrorAndNoShortAnswer(String name, String answer, String message)
      throws IOException {
    CompletableFuture<String> request = answer(answer.replace("~", "\r\n"));

    assertThatThrownBy(
            () -> {
              try (HttpClient.Response response = send("GET", "")) {
                response.body().readAllBytes();
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
    request.join();
  }

  @Test
  void aBodyIsSentWithItsLength() throws IOException {
    CompletableFuture<String> request = answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

    send("POST", "hé").close();

    assertThat(request.join()).contains("Content-Length: 3\r\n").endsWith("\r\n\r\nhé");
  }

  @Test
  void anAnswerThatComesBeforeTheWholeBodyWasReadIsTaken() throws IOException {
    CompletableFuture<String> unused =
        answer("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");

    try (HttpClient.Response response = send("POST", "x".repeat(8 << 20))) {
      assertThat(response.status()).isEqualTo(413);
    }
    assertThat(unused.join()).contains("POST");
  }
}
