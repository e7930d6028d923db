package dev.ebb.cli;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A program that keeps credentials, `docker-credential-NAME` in `PATH`: it gets the registry's
/// address on standard input and prints a JSON document, or, when it fails, why.
///
/// @param name the part behind `docker-credential-`
/// @param path directories to look for it in, as in `PATH`
/// @param limit for its answer; it may ask a person
/// @see <a href="https://github.com/docker/docker-credential-helpers">the protocol</a>
record CredentialHelper(String name, String path, Duration limit) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  /// What every helper says of a registry that it does not know.
  private static final String NOT_FOUND = "credentials not found in native keychain";

  /// As a user name: the secret is an identity token.
  private static final String TOKEN = "<token>";

  private record Answer(int exitCode, String out, String err) {}

  /// An entry for `auths`; empty when the helper has none.
  ///
  /// @param server address of the registry
  /// @throws CliException when it cannot be asked, or fails
  Optional<ObjectNode> get(String server) {
    if (!NAME.matcher(name).matches()) {
      throw new CliException("\"%s\" cannot be the name of a credential helper".formatted(name));
    }
    Answer answer = ask(server);
    if (answer.exitCode() != 0) {
      if (answer.out().strip().equals(NOT_FOUND)) {
        return Optional.empty();
      }
      String why = answer.out().isBlank() ? answer.err() : answer.out();
      throw failed(
          why.isBlank() ? "exit code " + answer.exitCode() : why.strip().lines().findFirst().get());
    }
    return Optional.of(entry(answer.out()));
  }

  private ObjectNode entry(String text) {
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (JacksonException e) {
      throw failed("its answer is not JSON"); // The message could quote a password.
    }
    String username = json.path("Username").asString("");
    String secret = json.path("Secret").asString("");
    if (username.isEmpty() || secret.isEmpty()) {
      throw failed("its answer has no Username or no Secret");
    }
    ObjectNode entry = JSON.createObjectNode();
    return username.equals(TOKEN)
        ? entry.put("identitytoken", secret)
        : entry.put("username", username).put("password", secret);
  }

  private Answer ask(String server) {
    Process process;
    try {
      process = new ProcessBuilder(find(server).toString(), "get").start();
    } catch (IOException e) {
      throw failed(FileErrors.reason(e));
    }
    CompletableFuture<String> out = read(process.getInputStream());
    CompletableFuture<String> err = read(process.getErrorStream());
    try (var in = process.getOutputStream()) {
      in.write(server.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It has ended without reading; its exit code and words tell why.
    }
    // Both streams are read to their ends before the process is destroyed: that closes them.
    CompletableFuture<Answer> answer =
        process
            .onExit()
            .thenCombine(out, (ended, text) -> text)
            .thenCombine(err, (text, errors) -> new Answer(process.exitValue(), text, errors));
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw failed("no answer within " + limit.toMillis() + " ms");
    } catch (ExecutionException e) {
      throw failed("its answer cannot be read: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted");
    } finally {
      end(process);
    }
  }

  /// Returns when it is gone, so that nothing of it outlives the command.
  private static void end(Process process) {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle()))
            .filter(ProcessHandle::isAlive)
            .toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(each -> each.onExit().join());
  }

  private Path find(String server) {
    return Stream.of(path.split(File.pathSeparator))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, program()))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() ->
            new CliException(
                ("there is no program %s in PATH, which the logins name for %s; install it, or"
                        + " name another file with --authfile")
                    .formatted(program(), server)));
  }

  private static CompletableFuture<String> read(InputStream stream) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  private CliException failed(String why) {
    return new CliException("%s: %s".formatted(program(), why));
  }

  private String program() {
    return "docker-credential-" + name;
  }
}
