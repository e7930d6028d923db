package dev.ebb.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// A server on a unix socket whose answers a test decides; one connection per request.
final class FakeApi implements AutoCloseable {
  record Call(String method, String target, String body) {}

  record Answer(int status, String json) {
    static Answer ok(String json) {
      return new Answer(200, json.replace('\'', '"'));
    }

    static Answer refused(int code, String message) {
      return new Answer(code, "{\"kind\":\"Status\",\"message\":\"%s\"}".formatted(message));
    }
  }

  final List<Call> calls = new CopyOnWriteArrayList<>();
  private final ServerSocketChannel server;
  private final Path directory;
  private final Function<Call, Answer> answers;

  private FakeApi(Path directory, ServerSocketChannel server, Function<Call, Answer> answers) {
    this.directory = directory;
    this.server = server;
    this.answers = answers;
  }

  /// Listens, and makes the directory that of a running server.
  static FakeApi start(Path directory, Function<Call, Answer> answers) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(directory.resolve("s")));
    FakeApi api = new FakeApi(directory, server, answers);
    Thread.ofVirtual().start(api::serve);
    new ServerRecord(
            ProcessHandle.current().pid(),
            "1",
            Instant.now().toString(),
            "http://localhost:1",
            0,
            "",
            "",
            directory.resolve("s"),
            directory.resolve("kubeconfig"),
            directory)
        .write();
    return api;
  }

  ApiClient client() {
    return new ApiClient(directory.resolve("s"));
  }

  private void serve() {
    while (server.isOpen()) {
      try (SocketChannel channel = server.accept()) {
        InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
        String[] line = HttpClient.readLine(in).split(" ", -1);
        int length = 0;
        for (String header = HttpClient.readLine(in);
            !header.isEmpty();
            header = HttpClient.readLine(in)) {
          if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
            length = Integer.parseInt(header.substring(15).strip());
          }
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        Call call = new Call(line[0], line[1], body);
        calls.add(call);
        Answer answer = answers.apply(call);
        String message =
            "HTTP/1.1 %d X\r\nConnection: close\r\n\r\n%s"
                .formatted(answer.status(), answer.json());
        channel.write(ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8)));
      } catch (IOException e) {
        // The client went, or the test is over.
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
