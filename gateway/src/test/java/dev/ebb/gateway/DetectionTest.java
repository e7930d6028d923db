package dev.ebb.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.RequestLimits;
import dev.ebb.dataplane.RequestLimits.Protocol;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Instances of which nobody said what they speak.
@Timeout(300)
class DetectionTest {
  private static final String GET = "GET /p HTTP/1.1\r\nHost: a\r\n\r\n";

  private static Fixture detecting(SocketAddress instance) {
    RequestLimits limits =
        new RequestLimits(
            0, Duration.ofMinutes(1), Duration.ZERO, Duration.ZERO, 100, Protocol.DETECT);
    Fixture fixture = new Fixture(config -> config, limits);
    fixture.gateway.onInstanceEvent(Fixture.event("i1", Phase.READY, Optional.of(instance)));
    return fixture;
  }

  /// How servers of HTTP/1.1 take the beginning of HTTP/2; then they answer each request.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.0 505 Version\r\n\r\nThis is text that is longer than the header of a frame.",
        ""
      })
  void whoeverDoesNotBeginAsHttp2DoesIsSpokenToInHttp1(String answer) throws IOException {
    Queue<String> heads = new ConcurrentLinkedQueue<>();
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Fixture fixture = detecting(server.getLocalSocketAddress())) {
      Thread.ofVirtual().start(() -> accept(server, answer, heads));
      for (int i = 0; i < 3; i++) {
        try (Fixture.Client client = fixture.connect()) {
          assertThat(client.send(GET).response()).startsWith("HTTP/1.1 200").endsWith("one");
        }
      }
      assertThat(heads).filteredOn(line -> line.startsWith("GET /p")).hasSize(3);
      // One on each event loop that had no connection yet, at most.
      assertThat(heads).filteredOn(line -> line.startsWith("PRI")).isNotEmpty();
    }
  }

  private static void accept(ServerSocket server, String answer, Queue<String> heads) {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket, answer, heads));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private static void serve(Socket socket, String answer, Queue<String> heads) {
    try (socket) {
      var connection = new Upstream.Connection(socket.getInputStream(), socket.getOutputStream());
      for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
        heads.add(head);
        if (head.startsWith("PRI")) {
          socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
          return;
        }
        connection.answer(200, "one");
      }
    } catch (IOException closed) {
      // The gateway has.
    }
  }

  @Test
  void whoeverDoesIsSpokenToInHttp2() throws Exception {
    Http2Upstream.Script script =
        new Http2Upstream.Script() {
          @Override
          public void headers(Channel stream, Http2HeadersFrame frame) {
            var _ =
                stream.write(
                    new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), false));
            var _ =
                stream.writeAndFlush(
                    new DefaultHttp2DataFrame(Unpooled.copiedBuffer("two", ISO_8859_1), true));
          }

          @Override
          public void data(Channel stream, Http2DataFrame frame) {
            frame.release();
          }
        };
    try (Http2Upstream upstream = new Http2Upstream(script, 100);
        Fixture fixture = detecting(upstream.address)) {
      for (int i = 0; i < 3; i++) {
        assertThat(fixture.exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
            .startsWith("HTTP/1.1 200")
            .contains("two");
      }
    }
  }
}
