package dev.ebb.node;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.RevisionId;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The records of running instances, `instances/ID.json`. They are not forced to the disk: after a
/// loss of power their processes are gone too, and the boot's number tells.
final class InstanceRecords {
  private static final Logger LOG = System.getLogger(InstanceRecords.class.getName());
  private static final JsonMapper JSON = new JsonMapper();

  private final Path directory;

  InstanceRecords(Path directory) {
    this.directory = directory;
  }

  static String bootId() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
  }

  /// Atomic: a record is there and whole, or not there.
  void write(InstanceRecord record) throws IOException {
    var temporary = directory.resolve("." + record.id() + ".tmp");
    Files.write(temporary, toJson(record));
    Files.move(temporary, file(record.id()), ATOMIC_MOVE);
  }

  /// Loads what writing needs.
  void rehearse() {
    var nothing = new RevisionId("", "");
    parse(
        toJson(
            new InstanceRecord(
                new InstanceId(""),
                nothing,
                0,
                0,
                "",
                directory,
                "",
                Instant.EPOCH,
                0,
                0,
                Duration.ZERO)));
  }

  private static byte[] toJson(InstanceRecord record) {
    var json = JSON.createObjectNode();
    json.put("id", record.id().value())
        .put("namespace", record.revision().namespace())
        .put("revision", record.revision().name())
        .put("pid", record.pid())
        .put("startTime", record.startTime())
        .put("bootId", record.bootId())
        .put("socket", record.socket().toString())
        .put("hash", record.hash())
        .put("createdAt", record.createdAt().toString())
        .put("memoryLimit", record.memoryLimit())
        .put("reservation", record.reservation())
        .put("terminationGrace", record.terminationGrace().toString());
    return JSON.writeValueAsBytes(json);
  }

  void delete(InstanceId id) throws IOException {
    Files.deleteIfExists(file(id));
  }

  /// All records; one that cannot be read is deleted, as nothing can be done with it.
  List<InstanceRecord> read() throws IOException {
    var records = new ArrayList<InstanceRecord>();
    try (var files = Files.newDirectoryStream(directory)) {
      for (var file : files) {
        try {
          if (file.toString().endsWith(".json")) {
            records.add(parse(Files.readAllBytes(file)));
          } else {
            Files.delete(file);
          }
        } catch (JacksonException | DateTimeParseException e) {
          LOG.log(Level.WARNING, "deleting unreadable instance record " + file, e);
          Files.delete(file);
        }
      }
    }
    return records;
  }

  private static InstanceRecord parse(byte[] bytes) {
    var json = JSON.readTree(bytes);
    return new InstanceRecord(
        new InstanceId(json.required("id").asString()),
        new RevisionId(json.required("namespace").asString(), json.required("revision").asString()),
        json.required("pid").asLong(),
        json.required("startTime").asLong(),
        json.required("bootId").asString(),
        Path.of(json.required("socket").asString()),
        json.required("hash").asString(),
        Instant.parse(json.required("createdAt").asString()),
        json.required("memoryLimit").asLong(),
        json.required("reservation").asLong(),
        Duration.parse(json.required("terminationGrace").asString()));
  }

  private Path file(InstanceId id) {
    return directory.resolve(id + ".json");
  }
}
