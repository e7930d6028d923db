package dev.ebb.node.dns;

import dev.ebb.node.dns.DnsQuery.Bytes;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Asks other servers, one after the other, and remembers what they say for a while. Each question
/// has a socket and a number of its own, so that a forged answer has to guess both. Blocking;
/// thread-safe.
final class DnsForwarder {
  private static final int ROUNDS = 2;
  private static final int BUFFER_BYTES = 4096;

  private final Supplier<List<InetSocketAddress>> servers;
  private final Duration timeout;
  private final DnsCache cache;
  private final SecureRandom random = new SecureRandom();

  /// @param timeout for each try
  DnsForwarder(Supplier<List<InetSocketAddress>> servers, Duration timeout, InstantSource clock) {
    this.servers = servers;
    this.timeout = timeout;
    cache = new DnsCache(clock);
  }

  /// @return empty when no server answers
  Optional<DnsReply> ask(DnsQuery query) {
    var known = cache.get(query);
    if (known.isPresent()) {
      return known;
    }
    var all = servers.get();
    for (int round = 0; round < ROUNDS; round++) {
      for (var server : all) {
        var reply = ask(query, server);
        if (reply.isPresent()) {
          cache.put(query, reply.get());
          return reply;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<DnsReply> ask(DnsQuery query, InetSocketAddress server) {
    int id = random.nextInt(1 << 16);
    byte[] question = DnsAnswers.question(query, id);
    try {
      var reply = askDatagram(query, server, question, id);
      // The whole of it is remembered, and cut for those who take less.
      return reply.filter(DnsReply::truncated).isPresent()
          ? askStream(query, server, question, id).or(() -> reply)
          : reply;
    } catch (IOException e) {
      // Too late or unreachable: the next server is asked.
      return Optional.empty();
    }
  }

  private Optional<DnsReply> askDatagram(
      DnsQuery query, InetSocketAddress server, byte[] question, int id) throws IOException {
    try (var socket = new DatagramSocket()) {
      socket.connect(server);
      socket.send(new DatagramPacket(question, question.length));
      long end = System.nanoTime() + timeout.toNanos();
      var packet = new DatagramPacket(new byte[BUFFER_BYTES], BUFFER_BYTES);
      while (true) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return Optional.empty();
        }
        socket.setSoTimeout((int) left);
        socket.receive(packet);
        var reply = DnsReply.parse(new Bytes(packet.getData(), packet.getLength()), query, id);
        // Anything else is not from the server that was asked, or late.
        if (reply.isPresent()) {
          return reply;
        }
      }
    }
  }

  private Optional<DnsReply> askStream(
      DnsQuery query, InetSocketAddress server, byte[] question, int id) {
    try (var socket = new Socket()) {
      socket.connect(server, (int) timeout.toMillis());
      socket.setSoTimeout((int) timeout.toMillis());
      var out = new DataOutputStream(socket.getOutputStream());
      byte[] framed = new byte[question.length + 2];
      framed[0] = (byte) (question.length >> 8);
      framed[1] = (byte) question.length;
      System.arraycopy(question, 0, framed, 2, question.length);
      out.write(framed);
      var in = new DataInputStream(socket.getInputStream());
      byte[] answer = in.readNBytes(in.readUnsignedShort());
      return DnsReply.parse(new Bytes(answer, answer.length), query, id);
    } catch (IOException e) {
      // What came by UDP is better than nothing.
      return Optional.empty();
    }
  }
}
