package dev.ebb.apiserver.pods;

import dev.ebb.resources.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One command from its start until the client knows how it ended, whatever the protocol is.
final class CommandRun {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// For output that processes hold which the command left behind.
  private static final Duration LAST_OUTPUT = Duration.ofSeconds(1);

  private final Start start;
  private final ExecOptions options;
  private final String failure;
  private final Lock lock = new ReentrantLock();

  /// The size often comes before the command runs. Guarded by the lock, as the next.
  private Optional<Size> size = Optional.empty();

  private Optional<PodCommand> running = Optional.empty();

  private record Size(int columns, int rows) {}

  /// Starts the command.
  @FunctionalInterface
  interface Start {
    /// @throws IOException with the text that the client gets to read
    PodCommand start() throws IOException;
  }

  /// @param failure what comes before the reason when it cannot be started
  CommandRun(Start start, ExecOptions options, String failure) {
    this.start = start;
    this.options = options;
    this.failure = failure;
  }

  ExecOptions options() {
    return options;
  }

  /// Runs the command to its end, or until the thread is interrupted.
  ///
  /// @param tellsStatus see [CommandUpgrade#tellsStatus]
  void run(CommandStreams streams, boolean tellsStatus) throws IOException {
    byte[] end;
    try (PodCommand command = start.start()) {
      started(command);
      int code = exitCode(command, streams);
      Optional<String> refusal = command.refusal();
      end =
          refusal.isPresent()
              ? refused(refusal.get(), tellsStatus)
              : ExecStatus.ended(code, tellsStatus);
    } catch (IOException | ApiException e) {
      end = refused(String.valueOf(e.getMessage()), tellsStatus);
    }
    streams.stdout().close();
    streams.stderr().close();
    if (end.length > 0) {
      streams.error().write(end);
    }
    streams.error().close();
  }

  private byte[] refused(String why, boolean tellsStatus) {
    return ExecStatus.failed(failure + why, tellsStatus);
  }

  /// What a client says of its window: `{"Width":80,"Height":24}`.
  void resize(byte[] message) {
    JsonNode size = parse(message).orElse(JSON.createObjectNode());
    int columns = size.path("Width").asInt(0);
    int rows = size.path("Height").asInt(0);
    if (columns > 0 && rows > 0 && columns <= Short.MAX_VALUE && rows <= Short.MAX_VALUE) {
      resize(new Size(columns, rows));
    }
  }

  private void resize(Size now) {
    lock.lock();
    try {
      size = Optional.of(now);
      running.ifPresent(command -> command.resize(now.columns(), now.rows()));
    } finally {
      lock.unlock();
    }
  }

  private void started(PodCommand command) {
    lock.lock();
    try {
      running = Optional.of(command);
      size.ifPresent(now -> command.resize(now.columns(), now.rows()));
    } finally {
      lock.unlock();
    }
  }

  private int exitCode(PodCommand command, CommandStreams streams) throws IOException {
    Thread input =
        Copy.start(
            "exec-stdin",
            () -> {
              try (OutputStream to = command.input()) {
                if (options.stdin()) {
                  Copy.allFlushed(streams.stdin(), to);
                }
              }
            });
    Thread output = copy("exec-stdout", command.output(), streams.stdout());
    Thread errors = copy("exec-stderr", command.errors(), streams.stderr());
    try {
      int code = command.await();
      output.join(LAST_OUTPUT);
      errors.join(LAST_OUTPUT);
      return code;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the client has gone", e);
    } finally {
      command.close();
      streams.stdin().close();
      input.interrupt();
    }
  }

  private static Thread copy(String name, InputStream from, OutputStream to) {
    return Copy.start(name, () -> Copy.all(from, to));
  }

  private static Optional<JsonNode> parse(byte[] message) {
    try {
      return Optional.of(JSON.readTree(new String(message, StandardCharsets.UTF_8)));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
