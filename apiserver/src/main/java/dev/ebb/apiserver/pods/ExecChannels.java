package dev.ebb.apiserver.pods;

import dev.ebb.apiserver.UpgradedConnection;
import dev.ebb.apiserver.websocket.WebSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The WebSocket form of exec: channels 0 to 4 are standard input, output, error, the end of the
/// command and the sizes of the window. In version 5 a message on channel 255 ends the channel that
/// it names.
final class ExecChannels {
  private static final int STDIN = 0;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  private static final int ERROR = 3;
  private static final int RESIZE = 4;
  private static final int CLOSE = 255;

  /// In which the client reads the end of the command, and goes.
  private static final Duration LEAVE_TIME = Duration.ofSeconds(5);

  private final CommandRun run;
  private final Optional<String> protocol;
  private final CountDownLatch left = new CountDownLatch(1);

  ExecChannels(CommandRun run, Optional<String> protocol) {
    this.run = run;
    this.protocol = protocol;
  }

  /// Until the command has ended, or the client has gone.
  void serve(UpgradedConnection connection) throws IOException {
    WebSocket socket = new WebSocket(connection.input(), connection.output());
    ChannelSocket channels = new ChannelSocket(socket, ChannelForm.of(protocol));
    // Clients take the first message for the sign that all is set up. kubectl, whose protocol is
    // the
    // fifth, needs none, and complains of what comes before it has made its side of the channel.
    if (!protocol.orElse("").equals("v5.channel.k8s.io")) {
      channels.send(run.options().stdout() ? STDOUT : ERROR, new byte[0]);
    }
    Backlog stdin = new Backlog(channels::ping);
    Thread command =
        Copy.start(
            "exec",
            () -> {
              try {
                run.run(streams(channels, stdin), CommandUpgrade.tellsStatus(protocol.orElse("")));
                socket.close();
                left.await(LEAVE_TIME.toMillis(), TimeUnit.MILLISECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                connection.end();
              }
            });
    try {
      channels.readAll((channel, bytes) -> received(channel, bytes, stdin));
    } finally {
      left.countDown();
      command.interrupt();
    }
  }

  private CommandStreams streams(ChannelSocket channels, Backlog stdin) {
    return new CommandStreams(
        stdin,
        run.options().stdout() ? channels.output(STDOUT) : OutputStream.nullOutputStream(),
        run.options().stderr() ? channels.output(STDERR) : OutputStream.nullOutputStream(),
        // One message: clients read the status from the first one.
        new ByteArrayOutputStream() {
          @Override
          public void close() throws IOException {
            if (size() > 0) {
              channels.send(ERROR, toByteArray());
            }
          }
        });
  }

  private void received(int channel, byte[] bytes, Backlog stdin) throws IOException {
    switch (channel) {
      case STDIN -> stdin.put(bytes);
      case RESIZE -> run.resize(bytes);
      case CLOSE -> {
        if (bytes.length == 1 && bytes[0] == STDIN) {
          stdin.finish();
        }
      }
      default -> {
        // Nobody sends on the others; the Kubernetes API server drops what comes there too.
      }
    }
  }
}
