package dev.ebb.node.dns;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ebb.node.dns.DnsQuery.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/// Asks a DNS server and writes its answer as a line: `NOERROR 10.0.0.1`, `NXDOMAIN`, `NOERROR TC`.
final class DnsClient {
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final List<String> CODES =
      List.of("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED");

  private DnsClient() {}

  static byte[] question(String name, int type, boolean extended) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte) (extended ? 1 : 0)});
    for (String label : name.split("\\.")) {
      out.write(label.length());
      out.writeBytes(label.getBytes(ISO_8859_1));
    }
    out.writeBytes(new byte[] {0, (byte) (type >> 8), (byte) type, 0, 1});
    if (extended) {
      out.writeBytes(new byte[] {0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0});
    }
    return out.toByteArray();
  }

  static String ask(InetAddress server, int port, byte[] question) throws IOException {
    try (var socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(server, port));
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.send(new DatagramPacket(question, question.length));
      var packet = new DatagramPacket(new byte[65_535], 65_535);
      socket.receive(packet);
      return line(new Bytes(packet.getData(), packet.getLength()), question);
    }
  }

  static String askStream(InetAddress server, int port, byte[] question) throws IOException {
    try (var socket = new Socket(server, port)) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      var out = new ByteArrayOutputStream();
      out.write(question.length >> 8);
      out.write(question.length);
      out.writeBytes(question);
      socket.getOutputStream().write(out.toByteArray());
      var in = new DataInputStream(socket.getInputStream());
      byte[] answer = in.readNBytes(in.readUnsignedShort());
      return line(new Bytes(answer, answer.length), question);
    }
  }

  private static String line(Bytes packet, byte[] question) {
    if (packet.u16(0) != 0x1234) {
      return "another question's";
    }
    var words = new ArrayList<String>();
    words.add(CODES.get(packet.u16(2) & 0xf));
    if ((packet.u16(2) & 0x200) != 0) {
      words.add("TC");
    }
    boolean extended = question[11] == 1;
    int at = question.length - (extended ? 11 : 0);
    for (int i = 0; i < packet.u16(6); i++) {
      // The names of answers are pointers here.
      int length = packet.u16(at + 10);
      words.add(
          switch (packet.u16(at + 2)) {
            case DnsQuery.A -> packet.address(at + 12).getHostAddress();
            case DnsQuery.SRV -> "SRV:" + packet.u16(at + 16);
            default -> "type" + packet.u16(at + 2);
          });
      at += 12 + length;
    }
    return String.join(" ", words);
  }
}
