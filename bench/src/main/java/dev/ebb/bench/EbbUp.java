package dev.ebb.bench;

import dev.ebb.cli.ServerRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A real `ebb up` that is measured from outside.
final class EbbUp implements AutoCloseable {
  private static final long START_NANOS = 60_000_000_000L;
  private static final int STOP_SECONDS = 60;

  private final Path directory;
  private final Process process;
  private final ServerRecord record;
  private final double readyMillis;
  private final double cpuSecondsAtReady;

  /// Returns when the server's record is there, which it writes when it is ready.
  EbbUp(Path directory, String... options) {
    this.directory = directory;
    List<String> words =
        new ArrayList<>(
            List.of("up", "--quiet", "--port", "0", "--api-port", "0", "--metrics-port", "0"));
    words.addAll(List.of(options));
    long started = System.nanoTime();
    process = start(ProcessBuilder.Redirect.INHERIT, words);
    Optional<ServerRecord> found = own(directory);
    while (found.isEmpty()) {
      if (!process.isAlive() || System.nanoTime() - started > START_NANOS) {
        close();
        throw new IllegalStateException("ebb up did not get ready");
      }
      LockSupport.parkNanos(1_000_000);
      found = own(directory);
    }
    record = found.get();
    readyMillis = (System.nanoTime() - started) / 1e6;
    cpuSecondsAtReady = Processes.cpuSeconds(process.toHandle());
  }

  /// A record may be left by a server that was killed.
  private Optional<ServerRecord> own(Path directory) {
    return ServerRecord.read(directory).filter(found -> found.pid() == process.pid());
  }

  double readyMillis() {
    return readyMillis;
  }

  /// User and system, the launcher's too.
  double cpuSecondsAtReady() {
    return cpuSecondsAtReady;
  }

  long pid() {
    return process.pid();
  }

  ServerRecord record() {
    return record;
  }

  URI gateway() {
    return URI.create(record.gatewayUrl());
  }

  /// What `/metrics` says now.
  String metrics() {
    try (InputStream in = URI.create(record.metricsUrl() + "/metrics").toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs a command of Ebb and returns how long it took in milliseconds.
  double command(String... words) {
    long started = System.nanoTime();
    try {
      Process run = start(ProcessBuilder.Redirect.PIPE, List.of(words));
      String output = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (run.waitFor() != 0) {
        throw new IllegalStateException(List.of(words) + ": " + output);
      }
      return (System.nanoTime() - started) / 1e6;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Process start(ProcessBuilder.Redirect output, List<String> words) {
    List<String> command = new ArrayList<>(List.of(Main.home().resolve("ebb").toString()));
    command.addAll(words);
    command.addAll(List.of("--data-dir", directory.toString()));
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
