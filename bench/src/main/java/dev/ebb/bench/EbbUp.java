package dev.ebb.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real `ebb up` that is measured from outside.
final class EbbUp implements AutoCloseable {
  private final Path directory;
  private final Process process;
  private final double readyMillis;

  /// Returns when the server's record is there and its health answers 200.
  EbbUp(Path directory) {
    this.directory = directory;
    long started = System.nanoTime();
    try {
      ProcessBuilder builder =
          new ProcessBuilder(
              Main.home().resolve("ebb").toString(),
              "up",
              "--quiet",
              "--data-dir",
              directory.toString(),
              "--port",
              "0",
              "--api-port",
              "0",
              "--metrics-port",
              "0");
      builder.environment().put("EBB_SKIP_BUILD", "1");
      process =
          builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    while (!Files.exists(directory.resolve("server.json"))) {
      if (!process.isAlive()) {
        throw new IllegalStateException("ebb up ended");
      }
      LockSupport.parkNanos(1_000_000);
    }
    readyMillis = (System.nanoTime() - started) / 1e6;
  }

  double readyMillis() {
    return readyMillis;
  }

  long pid() {
    return process.pid();
  }

  URI gateway() {
    try {
      JsonNode record =
          new JsonMapper().readTree(Files.readAllBytes(directory.resolve("server.json")));
      return URI.create(record.path("gatewayUrl").asString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI metrics() {
    try {
      JsonNode record =
          new JsonMapper().readTree(Files.readAllBytes(directory.resolve("server.json")));
      return URI.create(record.path("metricsUrl").asString() + "/metrics");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs a command of Ebb and returns how long it took in milliseconds.
  double command(String... words) {
    List<String> command = new ArrayList<>(List.of(Main.home().resolve("ebb").toString()));
    command.addAll(List.of(words));
    command.addAll(List.of("--data-dir", directory.toString()));
    long started = System.nanoTime();
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("EBB_SKIP_BUILD", "1");
      Process run = builder.start();
      String output = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (run.waitFor() != 0) {
        throw new IllegalStateException(command + ": " + output);
      }
      return (System.nanoTime() - started) / 1e6;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
