package dev.ebb.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a running server tells about itself in `server.json` of its data directory.
///
/// @param gatewayUrl `http://localhost:8080`
/// @param httpsPort the same for hosts that have a certificate
/// @param apiSocket the unix socket on which commands reach the API
public record ServerRecord(
    long pid,
    String version,
    String startedAt,
    String gatewayUrl,
    int httpsPort,
    String apiUrl,
    String metricsUrl,
    Path apiSocket,
    Path kubeconfig,
    Path dataDirectory) {
  private static final String FILE = "server.json";

  /// The kernel counts a process's start from the boot in 10 ms, the wall clock may be set: 5 s.
  private static final Duration START_TIME_TOLERANCE = Duration.ofSeconds(5);

  private static final JsonMapper MAPPER = new JsonMapper();

  /// Empty when no server has run here, or it has ended in order.
  public static Optional<ServerRecord> read(Path dataDirectory) {
    try {
      var json = MAPPER.readTree(Files.readAllBytes(dataDirectory.resolve(FILE)));
      return Optional.of(
          new ServerRecord(
              json.path("pid").asLong(0),
              json.path("version").asString(""),
              json.path("startedAt").asString(""),
              json.path("gatewayUrl").asString(""),
              json.path("httpsPort").asInt(0),
              json.path("apiUrl").asString(""),
              json.path("metricsUrl").asString(""),
              Path.of(json.path("apiSocket").asString("")),
              Path.of(json.path("kubeconfig").asString("")),
              dataDirectory));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JacksonException e) {
      throw new CliException(
          "%s is damaged: %s. Stop the server if one runs, and start it again: it writes the file anew."
              .formatted(dataDirectory.resolve(FILE), e.getOriginalMessage()));
    } catch (IOException e) {
      throw FileErrors.cannotRead(dataDirectory.resolve(FILE), e);
    }
  }

  /// Replaces the file in one step.
  public void write() {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("pid", pid)
        .put("version", version)
        .put("startedAt", startedAt)
        .put("gatewayUrl", gatewayUrl)
        .put("httpsPort", httpsPort)
        .put("apiUrl", apiUrl)
        .put("metricsUrl", metricsUrl)
        .put("apiSocket", apiSocket.toString())
        .put("kubeconfig", kubeconfig.toString());
    Path file = dataDirectory.resolve(FILE);
    Path temporary = dataDirectory.resolve(FILE + ".new");
    try {
      Files.write(temporary, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  public static void remove(Path dataDirectory) {
    try {
      Files.deleteIfExists(dataDirectory.resolve(FILE));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + dataDirectory.resolve(FILE), e);
    }
  }

  /// Whether the server that wrote this still runs. A process with its number that began later is
  /// another one: numbers are used again, above all after a boot.
  public boolean alive() {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(this::isOurs).isPresent();
  }

  private boolean isOurs(ProcessHandle process) {
    Optional<Instant> began = process.info().startInstant();
    try {
      return began.isEmpty()
          || !began.get().isAfter(Instant.parse(startedAt).plus(START_TIME_TOLERANCE));
    } catch (DateTimeParseException e) {
      return true; // A record without its time tells nothing against the process.
    }
  }
}
