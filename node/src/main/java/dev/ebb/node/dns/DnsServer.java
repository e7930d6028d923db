package dev.ebb.node.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// A DNS server for instances, by UDP and TCP (RFC 1035, 7766): it knows services, and asks the
/// machine's own servers for everything else. One client can occupy only a share of it.
/// Thread-safe.
public final class DnsServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(DnsServer.class.getName());

  /// For each try of each server; resolvers of programs give up after 5 s.
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private static final int IDLE_MILLIS = 10_000;
  private static final int QUERY_BYTES = 4096;
  private static final int STREAM_LIMIT = 65_535;

  private final DatagramSocket datagrams;
  private final ServerSocket streams;
  private final DnsResponder responder;
  private final Shares questions = new Shares(256, 64);
  private final Shares connections = new Shares(64, 8);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<Thread> threads = new ArrayList<>();
  private volatile DnsZone zone = DnsZone.empty();

  private DnsServer(DatagramSocket datagrams, ServerSocket streams, DnsForwarder forwarder) {
    this.datagrams = datagrams;
    this.streams = streams;
    responder = new DnsResponder(() -> zone, forwarder);
    threads.add(Thread.ofVirtual().name("ebb-dns-udp").start(this::receive));
    threads.add(Thread.ofVirtual().name("ebb-dns-tcp").start(this::accept));
  }

  /// Listens at free ports of an address.
  ///
  /// @param servers that are asked for other names, in this order
  public static DnsServer open(InetAddress address, Supplier<List<InetSocketAddress>> servers) {
    return open(address, servers, TIMEOUT);
  }

  /// @param timeout of each of those servers
  static DnsServer open(
      InetAddress address, Supplier<List<InetSocketAddress>> servers, Duration timeout) {
    try {
      var datagrams = new DatagramSocket(new InetSocketAddress(address, 0));
      try {
        return new DnsServer(
            datagrams,
            new ServerSocket(0, 50, address),
            new DnsForwarder(servers, timeout, InstantSource.system()));
      } catch (IOException | RuntimeException e) {
        datagrams.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int udpPort() {
    return datagrams.getLocalPort();
  }

  public int tcpPort() {
    return streams.getLocalPort();
  }

  /// From now on names are answered from this zone.
  public void serve(DnsZone changed) {
    zone = changed;
  }

  private void receive() {
    var packet = new DatagramPacket(new byte[QUERY_BYTES], QUERY_BYTES);
    while (!datagrams.isClosed()) {
      try {
        packet.setLength(QUERY_BYTES);
        datagrams.receive(packet);
        var client = packet.getSocketAddress();
        DnsResponder.query(packet.getData(), packet.getLength())
            .ifPresent(it -> answer(it, client, packet.getAddress()));
      } catch (IOException e) {
        if (!datagrams.isClosed()) {
          LOG.log(Level.DEBUG, "a datagram to the DNS server", e);
        }
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "a query that the DNS server could not answer", e);
      }
    }
  }

  private void answer(DnsQuery query, SocketAddress client, InetAddress source) {
    if (responder.isImmediate(query)) {
      send(responder.answer(query, query.payload()), client);
    } else if (questions.take(source)) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              send(responder.answer(query, query.payload()), client);
            } finally {
              questions.give(source);
            }
          });
    } else {
      send(DnsAnswers.failed(query, DnsAnswers.SERVFAIL), client);
    }
  }

  private void send(byte[] answer, SocketAddress client) {
    try {
      datagrams.send(new DatagramPacket(answer, answer.length, client));
    } catch (IOException e) {
      // The client asks again, as after any loss.
      LOG.log(Level.DEBUG, "an answer of the DNS server", e);
    }
  }

  private void accept() {
    while (!streams.isClosed()) {
      try {
        var client = streams.accept();
        if (connections.take(client.getInetAddress())) {
          open.add(client);
          Thread.ofVirtual().start(() -> converse(client));
        } else {
          client.close();
        }
      } catch (IOException e) {
        if (!streams.isClosed()) {
          LOG.log(Level.DEBUG, "a connection to the DNS server", e);
        }
      }
    }
  }

  private void converse(Socket client) {
    try (client) {
      client.setSoTimeout(IDLE_MILLIS);
      var in = new DataInputStream(client.getInputStream());
      while (true) {
        int length = in.readUnsignedShort();
        byte[] packet = new byte[Math.min(length, QUERY_BYTES)];
        in.readFully(packet);
        var query = DnsResponder.query(packet, packet.length);
        if (length > QUERY_BYTES || query.isEmpty()) {
          return;
        }
        byte[] answer = responder.answer(query.get(), STREAM_LIMIT);
        byte[] framed = new byte[answer.length + 2];
        framed[0] = (byte) (answer.length >> 8);
        framed[1] = (byte) answer.length;
        System.arraycopy(answer, 0, framed, 2, answer.length);
        client.getOutputStream().write(framed);
      }
    } catch (IOException e) {
      // The client has ended the conversation, or says nothing.
      LOG.log(Level.TRACE, "end of a connection to the DNS server", e);
    } finally {
      open.remove(client);
      connections.give(client.getInetAddress());
    }
  }

  @Override
  public void close() {
    datagrams.close();
    try {
      streams.close();
      for (var client : open) {
        client.close();
      }
      for (var thread : threads) {
        thread.join();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
