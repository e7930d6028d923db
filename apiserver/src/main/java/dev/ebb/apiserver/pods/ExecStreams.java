package dev.ebb.apiserver.pods;

import dev.ebb.apiserver.UpgradedConnection;
import dev.ebb.apiserver.spdy.SpdyLimits;
import dev.ebb.apiserver.spdy.SpdySession;
import dev.ebb.apiserver.spdy.SpdyStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The SPDY form of exec: the client opens a stream for errors, for each of the command's streams
/// that it wants, and for the sizes of its window.
final class ExecStreams {
  /// In which the client must have opened its streams, as a kubelet has it.
  private static final Duration STREAMS_TIME = Duration.ofSeconds(30);

  /// In which it reads the end of the command, and goes.
  private static final Duration LEAVE_TIME = Duration.ofSeconds(5);

  private final CommandRun run;
  private final String protocol;
  private final Set<String> expected;
  private final Map<String, SpdyStream> streams = new ConcurrentHashMap<>();
  private final CountDownLatch complete = new CountDownLatch(1);
  private final CountDownLatch left = new CountDownLatch(1);

  ExecStreams(CommandRun run, String protocol) {
    this.run = run;
    this.protocol = protocol;
    this.expected = expected(run.options(), protocol);
  }

  /// Until the command has ended, or the client has gone.
  void serve(UpgradedConnection connection) throws IOException {
    Thread command =
        Copy.start(
            "exec",
            () -> {
              try {
                runCommand();
                left.await(LEAVE_TIME.toMillis(), TimeUnit.MILLISECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                connection.end();
              }
            });
    try {
      new SpdySession(connection.input(), connection.output(), SpdyLimits.DEFAULT, this::opened)
          .run();
    } finally {
      left.countDown();
      command.interrupt();
    }
  }

  private static Set<String> expected(ExecOptions options, String protocol) {
    Set<String> types = new HashSet<>(Set.of("error"));
    if (options.stdin()) {
      types.add("stdin");
    }
    if (options.stdout()) {
      types.add("stdout");
    }
    if (options.stderr()) {
      types.add("stderr");
    }
    if (options.tty() && (protocol.startsWith("v4.") || protocol.startsWith("v3."))) {
      types.add("resize");
    }
    return types;
  }

  private void opened(SpdyStream stream) {
    Copy.quietly(() -> {
      String type = stream.headers().getOrDefault("streamtype", "");
      if (!expected.contains(type) || streams.putIfAbsent(type, stream) != null) {
        stream.reset();
        return;
      }
      stream.reply();
      if (streams.keySet().containsAll(expected)) {
        complete.countDown();
      }
    });
  }

  private void runCommand() throws IOException, InterruptedException {
    if (!complete.await(STREAMS_TIME.toMillis(), TimeUnit.MILLISECONDS)) {
      return;
    }
    SpdyStream sizes = streams.get("resize");
    if (sizes != null) {
      Copy.start("exec-resize", () -> resize(sizes.input()));
    }
    run.run(
        new CommandStreams(input("stdin"), output("stdout"), output("stderr"), output("error")),
        CommandUpgrade.tellsStatus(protocol));
  }

  /// Each size comes as a document in a frame of its own.
  private void resize(InputStream sizes) throws IOException {
    byte[] buffer = new byte[256];
    for (int count = sizes.read(buffer); count >= 0; count = sizes.read(buffer)) {
      run.resize(Arrays.copyOf(buffer, count));
    }
  }

  private InputStream input(String type) {
    SpdyStream stream = streams.get(type);
    return stream == null ? InputStream.nullInputStream() : stream.input();
  }

  private OutputStream output(String type) {
    SpdyStream stream = streams.get(type);
    return stream == null ? OutputStream.nullOutputStream() : stream.output();
  }
}
