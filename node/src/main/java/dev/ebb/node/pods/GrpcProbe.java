package dev.ebb.node.pods;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalInt;

/// One call of `grpc.health.v1.Health/Check` over HTTP/2 with prior knowledge (RFC 9113 3.3): one
/// request, whose answer is the first message on its stream. Headers of the answer are not decoded:
/// a service that is not known, or no health service at all, answers without a message.
final class GrpcProbe {
  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int LARGEST = 1 << 20;
  private static final int SERVING = 1;

  private GrpcProbe() {}

  static ProbeResult ask(String host, int port, String service, Duration timeout) {
    String address = host + ":" + port;
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), Prober.millis(timeout));
      socket.setSoTimeout(Prober.millis(timeout));
      OutputStream out = socket.getOutputStream();
      out.write(request(address, service));
      out.flush();
      OptionalInt status = answer(new DataInputStream(socket.getInputStream()), out);
      if (status.isEmpty()) {
        return ProbeResult.failed(
            service.isEmpty()
                ? "this server does not implement the grpc health protocol (grpc.health.v1.Health)"
                : "service unknown: " + service);
      }
      return status.getAsInt() == SERVING
          ? ProbeResult.HEALTHY
          : ProbeResult.failed(
              "service unhealthy (responded with \"%s\")"
                  .formatted(
                      switch (status.getAsInt()) {
                        case 2 -> "NOT_SERVING";
                        case 3 -> "SERVICE_UNKNOWN";
                        default -> "UNKNOWN";
                      }));
    } catch (SocketTimeoutException e) {
      return ProbeResult.failed(
          "timeout: failed to connect service \"%s\" within %d ms"
              .formatted(address, Prober.millis(timeout)));
    } catch (IOException e) {
      return ProbeResult.failed(
          "error: failed to connect service at \"%s\": %s".formatted(address, e.getMessage()));
    }
  }

  private static byte[] request(String address, String service) throws IOException {
    var out = new ByteArrayOutputStream();
    out.write(PREFACE);
    frame(out, SETTINGS, 0, 0, new byte[0]);
    var headers = new ByteArrayOutputStream();
    headers.write(0x83); // :method POST and :scheme http of the static table (RFC 7541 A)
    headers.write(0x86);
    field(headers, ":path", "/grpc.health.v1.Health/Check");
    field(headers, ":authority", address);
    field(headers, "content-type", "application/grpc");
    field(headers, "te", "trailers");
    field(headers, "user-agent", "kube-probe/1.34");
    frame(out, HEADERS, END_HEADERS, 1, headers.toByteArray());
    byte[] name = service.getBytes(UTF_8);
    var message = new ByteArrayOutputStream();
    if (name.length > 0) {
      message.write(0x0a); // field 1, a string
      varint(message, name.length);
      message.write(name);
    }
    var body = new ByteArrayOutputStream();
    body.write(0); // not compressed
    for (int shift = 24; shift >= 0; shift -= 8) {
      body.write(message.size() >>> shift);
    }
    body.write(message.toByteArray());
    frame(out, DATA, END_STREAM, 1, body.toByteArray());
    return out.toByteArray();
  }

  /// The `status` of the first message; empty when the stream ends without one.
  private static OptionalInt answer(DataInputStream in, OutputStream out) throws IOException {
    var body = new ByteArrayOutputStream();
    while (true) {
      int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt() & Integer.MAX_VALUE;
      if (length > LARGEST) {
        throw new IOException("a frame of " + length + " bytes");
      }
      byte[] payload = in.readNBytes(length);
      if (type == SETTINGS && (flags & ACK) == 0) {
        reply(out, SETTINGS, new byte[0]);
      } else if (type == PING && (flags & ACK) == 0) {
        reply(out, PING, payload);
      } else if (type == GOAWAY || type == RST_STREAM) {
        return OptionalInt.empty();
      } else if (type == DATA && stream == 1) {
        body.write(payload);
        if (isWhole(body.toByteArray()) || (flags & END_STREAM) != 0) {
          return status(body.toByteArray());
        }
      } else if (type == HEADERS && stream == 1 && (flags & END_STREAM) != 0) {
        return OptionalInt.empty();
      }
    }
  }

  /// Whether the message is there as long as its head says.
  private static boolean isWhole(byte[] body) {
    return body.length >= 5 && body.length - 5 >= ByteBuffer.wrap(body, 1, 4).getInt();
  }

  /// Field 1 of `HealthCheckResponse`, a number; one that is left out is 0, UNKNOWN.
  private static OptionalInt status(byte[] body) {
    if (body.length < 5) {
      return OptionalInt.empty();
    }
    return body.length >= 7 && body[5] == 0x08 ? OptionalInt.of(body[6]) : OptionalInt.of(0);
  }

  private static void reply(OutputStream out, int type, byte[] payload) throws IOException {
    var frame = new ByteArrayOutputStream();
    frame(frame, type, ACK, 0, payload);
    out.write(frame.toByteArray());
    out.flush();
  }

  private static void frame(
      ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload)
      throws IOException {
    out.write(payload.length >>> 16);
    out.write(payload.length >>> 8);
    out.write(payload.length);
    out.write(type);
    out.write(flags);
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.write(stream >>> shift);
    }
    out.write(payload);
  }

  /// A literal that is not added to the table, with a literal name (RFC 7541 6.2.2).
  private static void field(ByteArrayOutputStream out, String name, String value)
      throws IOException {
    out.write(0);
    text(out, name);
    text(out, value);
  }

  private static void text(ByteArrayOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    if (bytes.length < 127) {
      out.write(bytes.length);
    } else {
      out.write(127);
      varint(out, bytes.length - 127);
    }
    out.write(bytes);
  }

  private static void varint(ByteArrayOutputStream out, int number) {
    int left = number;
    while (left >= 128) {
      out.write((left & 127) | 128);
      left >>>= 7;
    }
    out.write(left);
  }
}
