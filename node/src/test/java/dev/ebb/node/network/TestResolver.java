package dev.ebb.node.network;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Arrays;

/// Asks a DNS server at port 53 for one address.
final class TestResolver {
  private TestResolver() {}

  static InetAddress resolve(InetAddress server, String name) throws IOException {
    var question = new ByteArrayOutputStream();
    question.writeBytes(new byte[] {1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
    for (String label : name.split("\\.")) {
      question.write(label.length());
      question.writeBytes(label.getBytes(US_ASCII));
    }
    question.writeBytes(new byte[] {0, 0, 1, 0, 1});
    try (var socket = new DatagramSocket()) {
      socket.setSoTimeout(60_000);
      socket.send(new DatagramPacket(question.toByteArray(), question.size(), server, 53));
      var answer = new DatagramPacket(new byte[512], 512);
      socket.receive(answer);
      int end = answer.getLength();
      return InetAddress.getByAddress(Arrays.copyOfRange(answer.getData(), end - 4, end));
    }
  }
}
