package dev.ebb.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.PathMatch;
import dev.ebb.dataplane.RequestLimits;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RouteMatch;
import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.dataplane.WeightedTarget;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;

/// A running gateway with one revision that every request goes to, and what it told others.
final class Fixture implements AutoCloseable {
  static final RevisionId REVISION = new RevisionId("default", "hello-00001");

  final Queue<RevisionId> demands = new ConcurrentLinkedQueue<>();
  final Queue<InstanceId> stuck = new ConcurrentLinkedQueue<>();
  final Queue<AccessLog.Entry> log = new ConcurrentLinkedQueue<>();
  final Gateway gateway;

  Fixture(UnaryOperator<GatewayConfig> config, RequestLimits limits) {
    GatewayConfig base =
        GatewayConfig.defaults(0)
            .withAddresses(List.of(InetAddress.getLoopbackAddress()))
            .withAccessLog(log::add);
    gateway = new Gateway(config.apply(base), demands::add, stuck::add);
    gateway.start();
    gateway.revision(REVISION, limits);
    gateway.routes(RouteTable.of(everything(new RouteTarget.Revision(REVISION))));
  }

  static Fixture start() {
    return new Fixture(config -> config, limits(0));
  }

  /// Those that work here: many containers forbid io_uring.
  static List<Transport> transports() {
    List<Transport> transports = new ArrayList<>(List.of(Transport.AUTO, Transport.NIO));
    if (Epoll.isAvailable()) {
      transports.add(Transport.EPOLL);
    }
    if (IoUring.isAvailable()) {
      transports.add(Transport.IO_URING);
    }
    return transports;
  }

  static RequestLimits limits(int concurrency) {
    return limits(concurrency, Duration.ofMinutes(1));
  }

  static RequestLimits limits(int concurrency, Duration timeout) {
    return new RequestLimits(concurrency, timeout, Duration.ZERO, Duration.ZERO, 100);
  }

  static RouteRule everything(RouteTarget target) {
    return new RouteRule(
        "all",
        new RouteMatch(Optional.empty(), Set.of(), new PathMatch.Prefix("/"), Map.of()),
        List.of(new WeightedTarget(target, 100)),
        Map.of(),
        Optional.empty());
  }

  static InstanceId instance(String id) {
    return new InstanceId(id);
  }

  static InstanceEvent event(String id, Phase phase, Optional<SocketAddress> address) {
    return event(id, phase, address, true, Optional.empty());
  }

  static InstanceEvent event(
      String id,
      Phase phase,
      Optional<SocketAddress> address,
      boolean wanted,
      Optional<ExitStatus> exit) {
    return new InstanceEvent.PhaseChanged(
        new Instance(
            new InstanceId(id),
            REVISION,
            phase,
            address,
            1,
            Instant.EPOCH,
            Optional.empty(),
            wanted,
            exit));
  }

  void ready(String id, Upstream upstream) {
    gateway.onInstanceEvent(event(id, Phase.STARTING, Optional.empty()));
    gateway.onInstanceEvent(event(id, Phase.READY, Optional.of(upstream.address)));
  }

  Client connect() throws IOException {
    return new Client(new Socket(InetAddress.getLoopbackAddress(), gateway.port()));
  }

  /// Sends the text, and returns all that comes until the gateway closes the connection.
  String exchange(String text) throws IOException {
    try (Client client = connect()) {
      client.send(text);
      return new String(client.in().readAllBytes(), ISO_8859_1);
    }
  }

  @Override
  public void close() {
    gateway.close();
  }

  record Client(Socket socket) implements AutoCloseable {
    Client {
      try {
        // Long enough for a loaded machine; a test that waits for it fails.
        socket.setSoTimeout(60_000);
      } catch (IOException failure) {
        throw new IllegalStateException(failure);
      }
    }

    Client send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
      return this;
    }

    InputStream in() throws IOException {
      return socket.getInputStream();
    }

    /// One response with `Content-Length` or without body.
    String response() throws IOException {
      Upstream.Connection reader = new Upstream.Connection(in(), socket.getOutputStream());
      String head = reader.head();
      return head + new String(reader.body(head), ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
