package dev.ebb.node.dns;

import dev.ebb.node.dns.DnsQuery.Bytes;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Somebody else's DNS server, on loopback: `known.test` has an address, `large.test` has fifty,
/// which do not fit a datagram, others do not exist; `lies.test` is answered wrongly first.
final class Upstream implements AutoCloseable {
  final AtomicInteger asked = new AtomicInteger();
  private final ServerSocket streams;
  private final DatagramSocket datagrams;
  private final List<Thread> threads;

  Upstream() throws IOException {
    var loopback = InetAddress.getLoopbackAddress();
    ServerSocket tcp = new ServerSocket(0, 10, loopback);
    Optional<DatagramSocket> udp = datagrams(loopback, tcp.getLocalPort());
    while (udp.isEmpty()) {
      tcp.close();
      tcp = new ServerSocket(0, 10, loopback);
      udp = datagrams(loopback, tcp.getLocalPort());
    }
    streams = tcp;
    datagrams = udp.get();
    threads =
        List.of(Thread.ofVirtual().start(this::receive), Thread.ofVirtual().start(this::accept));
  }

  /// Empty where somebody has that port for datagrams already.
  private static Optional<DatagramSocket> datagrams(InetAddress address, int port)
      throws IOException {
    try {
      return Optional.of(new DatagramSocket(new InetSocketAddress(address, port)));
    } catch (BindException taken) {
      return Optional.empty();
    }
  }

  InetSocketAddress address() {
    return (InetSocketAddress) datagrams.getLocalSocketAddress();
  }

  private void receive() {
    var packet = new DatagramPacket(new byte[512], 512);
    while (!datagrams.isClosed()) {
      try {
        packet.setLength(512);
        datagrams.receive(packet);
        asked.incrementAndGet();
        var query = DnsQuery.parse(new Bytes(packet.getData(), packet.getLength())).orElseThrow();
        if (query.name().equals("lies.test")) {
          byte[] forged = answer(query.about("other.test"), 512);
          datagrams.send(new DatagramPacket(forged, forged.length, packet.getSocketAddress()));
          forged = answer(query, 512);
          forged[0] ^= 1;
          datagrams.send(new DatagramPacket(forged, forged.length, packet.getSocketAddress()));
        }
        byte[] answer = answer(query, 512);
        datagrams.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void accept() {
    while (!streams.isClosed()) {
      try (var client = streams.accept()) {
        var in = new DataInputStream(client.getInputStream());
        byte[] packet = in.readNBytes(in.readUnsignedShort());
        byte[] answer =
            answer(DnsQuery.parse(new Bytes(packet, packet.length)).orElseThrow(), 65_535);
        client
            .getOutputStream()
            .write(new byte[] {(byte) (answer.length >> 8), (byte) answer.length});
        client.getOutputStream().write(answer);
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private static byte[] answer(DnsQuery query, int limit) throws IOException {
    var record =
        new DnsRecord.Address((Inet4Address) InetAddress.getByAddress(new byte[] {9, 9, 9, 9}));
    return switch (query.name()) {
      case "known.test", "lies.test" -> DnsAnswers.found(query, List.of(record), limit);
      case "large.test" -> DnsAnswers.found(query, Collections.nCopies(50, record), limit);
      default -> DnsAnswers.denied(query, DnsAnswers.NXDOMAIN);
    };
  }

  @Override
  public void close() throws IOException {
    streams.close();
    datagrams.close();
    try {
      for (var thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
