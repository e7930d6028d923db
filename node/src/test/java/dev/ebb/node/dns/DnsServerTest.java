package dev.ebb.node.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DnsServerTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  /// Of the upstream server, on a machine that has other work.
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private Upstream upstream;
  private DnsServer server;

  @BeforeEach
  void open() throws Exception {
    upstream = new Upstream();
    server = DnsServer.open(LOOPBACK, () -> List.of(upstream.address()), PATIENCE);
    server.serve(
        new DnsZone(
            Map.of(
                "Hello.default.svc.cluster.local",
                List.of(address("100.64.0.1")),
                "db.default.svc.cluster.local",
                List.of(address("100.64.0.7"), address("100.64.0.8")),
                "_sql._tcp.db.default.svc.cluster.local",
                List.of(new DnsRecord.Service(5432, "db.default.svc.cluster.local")),
                "outside.default.svc.cluster.local",
                List.of(new DnsRecord.Alias("known.test")),
                "chain.default.svc.cluster.local",
                List.of(new DnsRecord.Alias("hello.default.svc.cluster.local")),
                "loop.default.svc.cluster.local",
                List.of(new DnsRecord.Alias("loop.default.svc.cluster.local")))));
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    upstream.close();
  }

  private static DnsRecord address(String text) {
    return new DnsRecord.Address((Inet4Address) InetAddress.ofLiteral(text));
  }

  @ParameterizedTest
  @CsvSource({
    "hello.default.svc.cluster.local, 1,  NOERROR 100.64.0.1",
    "HELLO.Default.svc.CLUSTER.local, 1,  NOERROR 100.64.0.1",
    "hello.default.svc.cluster.local, 28, NOERROR",
    "db.default.svc.cluster.local,    1,  NOERROR 100.64.0.7 100.64.0.8",
    "_sql._tcp.db.default.svc.cluster.local, 33, NOERROR SRV:5432",
    "_tcp.db.default.svc.cluster.local, 1, NOERROR",
    "default.svc.cluster.local,       1,  NOERROR",
    "none.default.svc.cluster.local,  1,  NXDOMAIN",
    "hello.other.svc.cluster.local,   1,  NXDOMAIN",
    "hello.default.cluster.local,     1,  NXDOMAIN",
    "outside.default.svc.cluster.local, 1, NOERROR 9.9.9.9",
    "chain.default.svc.cluster.local, 1,  NOERROR 100.64.0.1",
    "loop.default.svc.cluster.local,  1,  NOERROR",
    "localhost,                       1,  NOERROR 127.0.0.1",
    "hello.default.localhost,         1,  NOERROR 127.0.0.1",
    "known.test,                      1,  NOERROR 9.9.9.9",
    "lies.test,                       1,  NOERROR 9.9.9.9",
    "unknown.test,                    1,  NXDOMAIN",
    "mycluster.local,                 1,  NXDOMAIN",
  })
  void namesAreAnswered(String name, int type, String answer) throws Exception {
    for (boolean extended : new boolean[] {false, true}) {
      byte[] question = DnsClient.question(name, type, extended);
      assertThat(DnsClient.ask(LOOPBACK, server.udpPort(), question)).isEqualTo(answer);
      assertThat(DnsClient.askStream(LOOPBACK, server.tcpPort(), question)).isEqualTo(answer);
    }
  }

  @Test
  void aLongAnswerIsGivenByStream() throws Exception {
    byte[] question = DnsClient.question("large.test", 1, false);
    assertThat(DnsClient.ask(LOOPBACK, server.udpPort(), question)).isEqualTo("NOERROR TC");
    assertThat(DnsClient.askStream(LOOPBACK, server.tcpPort(), question).split(" ")).hasSize(51);
  }

  @Test
  void anAnswerIsRemembered() throws Exception {
    byte[] question = DnsClient.question("known.test", 1, false);
    for (int i = 0; i < 3; i++) {
      DnsClient.ask(LOOPBACK, server.udpPort(), question);
    }
    assertThat(upstream.asked).hasValue(1);
  }

  @Test
  void aServerThatIsNotThereIsPassedOver() throws Exception {
    try (var nobody = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
      var address = (InetSocketAddress) nobody.getLocalSocketAddress();
      // To whoever is not its peer the port is closed, and nobody else gets it.
      nobody.connect(LOOPBACK, 9);
      passesOver(address);
    }
  }

  private void passesOver(InetSocketAddress nobody) throws Exception {
    try (var other =
        DnsServer.open(LOOPBACK, () -> List.of(nobody, upstream.address()), PATIENCE)) {
      byte[] question = DnsClient.question("known.test", 1, false);
      assertThat(DnsClient.ask(LOOPBACK, other.udpPort(), question)).isEqualTo("NOERROR 9.9.9.9");
    }
  }

  @Test
  void withoutAnyServerTheFailureIsTold() throws Exception {
    try (var alone = DnsServer.open(LOOPBACK, List::of)) {
      byte[] question = DnsClient.question("known.test", 1, true);
      assertThat(DnsClient.ask(LOOPBACK, alone.udpPort(), question)).isEqualTo("SERVFAIL");
    }
  }

  @Test
  void otherOperationsAreNotImplemented() throws Exception {
    byte[] update = DnsClient.question("hello.default.svc.cluster.local", 1, false);
    update[2] |= 5 << 3;
    assertThat(DnsClient.ask(LOOPBACK, server.udpPort(), update)).isEqualTo("NOTIMP");
  }

  @Test
  void hostilePacketsDoNoHarm() throws Exception {
    var random = new Random(5);
    byte[] valid = DnsClient.question("hello.default.svc.cluster.local", 1, true);
    try (var socket = new DatagramSocket()) {
      for (int i = 0; i < 5000; i++) {
        byte[] packet = i % 2 == 0 ? valid.clone() : new byte[random.nextInt(600)];
        if (i % 2 == 0) {
          for (int j = random.nextInt(1, 6); j > 0; j--) {
            packet[random.nextInt(packet.length)] = (byte) random.nextInt();
          }
          packet = java.util.Arrays.copyOf(packet, random.nextInt(packet.length + 1));
        } else {
          random.nextBytes(packet);
        }
        // All parsers are tried in this thread, where an exception is seen.
        var bytes = new DnsQuery.Bytes(packet, packet.length);
        var query = DnsQuery.parse(bytes);
        query.ifPresent(it -> DnsAnswers.denied(it, DnsAnswers.NXDOMAIN));
        var asked = DnsQuery.parse(new DnsQuery.Bytes(valid, valid.length)).orElseThrow();
        DnsReply.parse(bytes, asked, bytes.length() > 1 ? bytes.u16(0) : 0)
            .ifPresent(it -> it.addresses(asked));
        if (i % 50 == 0) {
          socket.send(new DatagramPacket(packet, packet.length, LOOPBACK, server.udpPort()));
        }
      }
    }
    try (var socket = new Socket(LOOPBACK, server.tcpPort())) {
      socket.getOutputStream().write(new byte[] {(byte) 0xff, (byte) 0xff, 1, 2, 3});
      socket.shutdownOutput();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(DnsClient.ask(LOOPBACK, server.udpPort(), valid)).isEqualTo("NOERROR 100.64.0.1");
  }
}
