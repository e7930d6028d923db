package dev.ebb.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A real command of this machine, as a user types it.
record Command(List<String> words, Map<String, String> environment, Path directory) {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /// @param exitCode of the process
  record Result(int exitCode, String out, String err) {
    Result orFail() {
      if (exitCode != 0) {
        throw new AssertionError("exit code %d%n%s%n%s".formatted(exitCode, out, err));
      }
      return this;
    }

    @Override
    public String toString() {
      return "exit " + exitCode + "\nout: " + out + "\nerr: " + err;
    }
  }

  Command with(String... more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(more));
    return new Command(all, environment, directory);
  }

  Command with(Map<String, String> moreEnvironment) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(moreEnvironment);
    return new Command(words, all, directory);
  }

  Process start() {
    try {
      ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
      builder.environment().putAll(environment);
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + words, e);
    }
  }

  /// With all that it prints in a file of its directory.
  Process start(String file) {
    try {
      ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
      builder.environment().putAll(environment);
      return builder
          .redirectErrorStream(true)
          .redirectOutput(directory.resolve(file).toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + words, e);
    }
  }

  Result run() {
    return run("");
  }

  Result run(String input) {
    Process process = start();
    CompletableFuture<String> out = read(process.getInputStream());
    CompletableFuture<String> err = read(process.getErrorStream());
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The command does not read its input.
    }
    try {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new AssertionError(
            words + " still runs after " + LIMIT + "\n" + out.getNow("") + err.getNow(""));
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return new Result(process.exitValue(), out.join(), err.join());
  }

  private static CompletableFuture<String> read(InputStream stream) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            return "(" + e + ")";
          }
        },
        task -> Thread.ofVirtual().start(task));
  }
}
