package dev.ebb.apiserver.pods;

import dev.ebb.apiserver.spdy.SpdyLimits;
import dev.ebb.apiserver.spdy.SpdySession;
import dev.ebb.apiserver.spdy.SpdyStream;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The SPDY form of port-forward: for each connection the client opens a stream for errors, then
/// one for data, with the same header `requestid`.
final class PortForwardStreams {
  private static final String TYPE = "streamtype";
  private static final String PORT = "port";
  private static final String REQUEST = "requestid";

  private final ObjectKey pod;
  private final PodPorts ports;

  /// Streams of errors whose streams of data have not come, by request. Only the session's thread.
  private final Map<String, SpdyStream> waiting = new HashMap<>();

  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

  PortForwardStreams(ObjectKey pod, PodPorts ports) {
    this.pod = pod;
    this.ports = ports;
  }

  /// Until the client goes; then all its connections to the Pod are closed.
  void serve(InputStream input, OutputStream output) throws IOException {
    try {
      new SpdySession(input, output, SpdyLimits.DEFAULT, this::opened).run();
    } finally {
      for (SocketChannel channel : open) {
        channel.close();
      }
    }
  }

  private void opened(SpdyStream stream) {
    Copy.quietly(() -> {
      String type = stream.headers().getOrDefault(TYPE, "");
      // Old clients send no request id; a connection of theirs is named by its port.
      String port = stream.headers().getOrDefault(PORT, "");
      String request = stream.headers().getOrDefault(REQUEST, "port " + port);
      switch (type) {
        case "error" -> {
          SpdyStream former = waiting.put(request, stream);
          if (former != null) {
            former.reset();
          }
          stream.reply();
        }
        case "data" -> {
          SpdyStream errors = waiting.remove(request);
          if (errors == null) {
            stream.reset();
            return;
          }
          stream.reply();
          Copy.start("port-forward", () -> forward(port, stream, errors));
        }
        default -> stream.reset();
      }
    });
  }

  private void forward(String port, SpdyStream data, SpdyStream errors) throws IOException {
    try (OutputStream errorOutput = errors.output();
        OutputStream output = data.output()) {
      SocketChannel channel;
      try {
        channel = ports.connect(pod, PortForward.port(port));
      } catch (IOException | ApiException e) {
        errorOutput.write(String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
        return;
      }
      connect(channel, data, output);
    } finally {
      errors.input().close();
      data.input().close();
    }
  }

  private void connect(SocketChannel channel, SpdyStream data, OutputStream output)
      throws IOException {
    open.add(channel);
    try (channel) {
      Thread up =
          Copy.start(
              "port-forward-up",
              () -> {
                try {
                  Copy.all(data.input(), Channels.newOutputStream(channel));
                  channel.shutdownOutput();
                } catch (IOException e) {
                  // The client reset the stream or went, or the Pod reads no more; what it still
                  // answers is of no use in the first case and comes through in the second.
                  if (data.isAborted()) {
                    channel.close();
                  }
                  throw e;
                }
              });
      Copy.all(Channels.newInputStream(channel), output);
      up.interrupt();
    } finally {
      open.remove(channel);
    }
  }
}
