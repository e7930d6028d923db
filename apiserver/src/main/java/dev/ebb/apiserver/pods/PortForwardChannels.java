package dev.ebb.apiserver.pods;

import dev.ebb.apiserver.Exchange;
import dev.ebb.apiserver.websocket.WebSocket;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// The form of port-forward with channels: for the port in place `i` of the query, channel `2i` has
/// its data and `2i + 1` its errors. Each channel begins with the number of the port in two bytes,
/// the lower one first. There is one connection for each port.
final class PortForwardChannels {
  /// So many have numbers in one byte.
  private static final int MAX_PORTS = 100;

  private final ObjectKey pod;
  private final PodPorts ports;
  private final List<Integer> wanted;
  private final ChannelSocket channels;
  private final List<Backlog> backlogs = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger open;

  PortForwardChannels(
      ObjectKey pod, PodPorts ports, List<Integer> wanted, WebSocket socket, ChannelForm form) {
    this.pod = pod;
    this.ports = ports;
    this.wanted = List.copyOf(wanted);
    this.open = new AtomicInteger(wanted.size());
    this.channels = new ChannelSocket(socket, form);
  }

  /// @throws ApiException 400 when the query names no port, or what is none
  static List<Integer> ports(Exchange exchange) {
    List<Integer> ports =
        exchange.queryAll("ports").stream()
            .flatMap(list -> Stream.of(list.split(",", -1)))
            .map(PortForward::port)
            .toList();
    if (ports.isEmpty() || ports.size() > MAX_PORTS) {
      throw ApiException.badRequest(
          ports.isEmpty() ? "query parameter \"ports\" is required" : "too many ports");
    }
    return ports;
  }

  /// Until the client closes, or all connections have ended: without a word of that, a client that
  /// reads to the end of its answer would wait for ever.
  void serve() throws IOException {
    try {
      for (int i = 0; i < wanted.size(); i++) {
        int port = wanted.get(i);
        byte[] number = {(byte) port, (byte) (port >>> 8)};
        int data = 2 * i;
        channels.send(data, number);
        channels.send(data + 1, number);
        Backlog backlog = new Backlog(channels::ping);
        backlogs.add(backlog);
        threads.add(Copy.start("port-forward", () -> forwardToTheEnd(port, data, backlog)));
      }
      channels.readAll((channel, bytes) -> {
        if (channel % 2 == 0 && channel / 2 < backlogs.size()) {
          backlogs.get(channel / 2).put(bytes);
        }
      });
    } finally {
      threads.forEach(Thread::interrupt);
    }
  }

  private void forwardToTheEnd(int port, int channel, Backlog backlog) throws IOException {
    try {
      forward(port, channel, backlog);
    } finally {
      if (open.decrementAndGet() == 0) {
        channels.close();
      }
    }
  }

  private void forward(int port, int channel, Backlog backlog) throws IOException {
    try (backlog;
        SocketChannel connection = ports.connect(pod, port)) {
      Thread up =
          Copy.start(
              "port-forward-up",
              () -> {
                Copy.all(backlog, Channels.newOutputStream(connection));
                connection.shutdownOutput();
              });
      try {
        Copy.all(Channels.newInputStream(connection), channels.output(channel));
      } finally {
        up.interrupt();
      }
    } catch (IOException | ApiException e) {
      channels.send(channel + 1, String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
    }
  }
}
