package dev.ebb.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A program closes an idle connection while a request that may not be sent twice is on its way to
/// it (decision 0053). The event loop is late here: it does all before it looks at its sockets.
@Timeout(300)
class StaleConnectionTest {
  /// Where what the kernel knows can be asked for.
  static List<Transport> transports() {
    return Fixture.transports().stream()
        .filter(transport -> Channels.of(transport) != Channels.NIO)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("transports")
  void whatTheProgramHasClosedIsNotOpen(Transport transport) throws Exception {
    try (Pair pair = new Pair(transport)) {
      boolean open =
          pair.inLoop(() -> {
            assertThat(pair.connection.checkOpen()).isTrue();
            assertThat(pair.connection.tellsUnprocessed()).isTrue();
            pair.program.close();
            pair.waitForEnd();
            return pair.connection.checkOpen();
          });
      assertThat(open).isFalse();
    }
  }

  /// With io_uring this is not told: its channel has closed by then.
  @Test
  void aRequestThatCameAfterTheEndWasNotProcessed() throws Exception {
    Assumptions.assumeTrue(Epoll.isAvailable(), "needs Linux's epoll");
    try (Pair pair = new Pair(Transport.EPOLL)) {
      pair.inLoop(() -> {
        assertThat(pair.connection.checkOpen()).isTrue();
        pair.program.close();
        pair.waitForEnd();
        return pair.post("x".repeat(10));
      });
      await().until(() -> !pair.lost.isEmpty());
      assertThat(pair.connection.unprocessed()).isTrue();
    }
  }

  enum Reads {
    NOTHING,
    ALL
  }

  /// Its kernel had the request, so nobody knows.
  @ParameterizedTest
  @EnumSource
  void aRequestThatCameBeforeTheEndMayHaveBeenProcessed(Reads reads) throws Exception {
    try (Pair pair = new Pair(Transport.AUTO)) {
      pair.inLoop(() -> {
        assertThat(pair.connection.checkOpen()).isTrue();
        return pair.post("x".repeat(10));
      });
      await().until(() -> pair.program.getInputStream().available() > 10);
      if (reads == Reads.ALL) {
        pair.program.getInputStream().readNBytes(pair.program.getInputStream().available());
      }
      pair.program.close();
      await().until(() -> !pair.lost.isEmpty());
      assertThat(pair.connection.unprocessed()).isFalse();
    }
  }

  /// A connection that has served one exchange, and the program's end of it.
  private static final class Pair implements AutoCloseable, UpstreamConnection.User {
    final Queue<String> lost = new ConcurrentLinkedQueue<>();
    final UpstreamConnection connection = UpstreamConnection.http1(new NoPool());
    final Socket program;
    private final MultiThreadIoEventLoopGroup group;
    private final Channel channel;

    Pair(Transport transport) throws Exception {
      Channels channels = Channels.of(transport);
      group = new MultiThreadIoEventLoopGroup(1, channels.ioHandler());
      try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        var address = new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
        channel =
            new Bootstrap()
                .group(group)
                .channel(channels.client(address))
                .option(ChannelOption.AUTO_CLOSE, false)
                .handler(connection.initializer())
                .connect(address)
                .sync()
                .channel();
        program = server.accept();
      }
      inLoop(() -> {
        connection.attach(this, false);
        return request("GET", "");
      });
      await().until(() -> program.getInputStream().available() > 0);
      program.getInputStream().readNBytes(program.getInputStream().available());
      program
          .getOutputStream()
          .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1));
      await().until(() -> inLoop(() -> connection.reused));
    }

    <T> T inLoop(Callable<T> task) throws Exception {
      return channel.eventLoop().submit(task).get(60, TimeUnit.SECONDS);
    }

    /// Blocks the event loop, which hears nothing of it meanwhile.
    void waitForEnd() {
      while (TcpProgress.of(channel).filter(TcpProgress::ended).isEmpty()) {
        Thread.onSpinWait();
      }
    }

    boolean post(String body) {
      connection.attach(this, false);
      return request("POST", body);
    }

    private boolean request(String method, String body) {
      var message =
          new DefaultFullHttpRequest(
              HttpVersion.HTTP_1_1,
              HttpMethod.valueOf(method),
              "/",
              Unpooled.copiedBuffer(body, ISO_8859_1));
      message.headers().set("Content-Length", body.length());
      connection.write(message);
      connection.flush();
      return true;
    }

    @Override
    public void responseHead(HttpResponse head) {}

    @Override
    public void responseContent(HttpContent content) {
      content.release();
      if (content instanceof LastHttpContent) {
        connection.detach();
      }
    }

    @Override
    public void responseFlush() {}

    @Override
    public void requestWritable() {}

    @Override
    public void connectionLost(String reason) {
      lost.add(reason);
    }

    @Override
    public void close() throws IOException {
      program.close();
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  private static final class NoPool implements ConnectionPool {
    @Override
    public @Nullable UpstreamConnection take(boolean repeatable) {
      return null;
    }

    @Override
    public void connect(Taker taker) {}

    @Override
    public void give(UpstreamConnection connection) {}

    @Override
    public void lost(UpstreamConnection connection) {}

    @Override
    public void closeIdle() {}

    @Override
    public void close() {}
  }
}
