package dev.ebb.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Instances that a killed server left running, by the records that it kept for its successor.
///
/// Only a process whose boot and start time (proc(5), `stat`, field 22) are those of the record is
/// one of them: its number may belong to somebody else by now.
///
/// @param proc the mount of proc(5)
record LeftInstances(Path proc, List<Instance> instances) {
  private static final JsonMapper MAPPER = new JsonMapper();

  /// Fields of `stat` after the command's name, which ends with the last `)`.
  private static final int SESSION = 3;

  private static final int START_TIME = 19;

  /// @param startTime in clock ticks since the boot
  record Instance(String id, long pid, long startTime) {}

  static LeftInstances find(Path dataDirectory) throws IOException {
    return find(dataDirectory, Path.of("/proc"));
  }

  static LeftInstances find(Path dataDirectory, Path proc) throws IOException {
    Path records = dataDirectory.resolve("instances");
    List<Instance> found = new ArrayList<>();
    if (Files.isDirectory(records)) {
      String boot = Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip();
      try (DirectoryStream<Path> files = Files.newDirectoryStream(records, "*.json")) {
        for (Path file : files) {
          parse(file, boot).filter(it -> runs(proc, it)).ifPresent(found::add);
        }
      }
    }
    return new LeftInstances(proc, List.copyOf(found));
  }

  private static Optional<Instance> parse(Path file, String boot) throws IOException {
    try {
      JsonNode json = MAPPER.readTree(Files.readAllBytes(file));
      return json.path("bootId").asString("").equals(boot)
          ? Optional.of(
              new Instance(
                  json.path("id").asString(""),
                  json.path("pid").asLong(0),
                  json.path("startTime").asLong(-1)))
          : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty(); // Half a record names no process.
    }
  }

  /// Ends them with all processes of their sessions.
  void end() throws IOException {
    for (Instance instance : instances) {
      List<Long> session = runs(proc, instance) ? session(instance.pid()) : List.of();
      session.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
  }

  private List<Long> session(long leader) throws IOException {
    List<Long> members = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        long pid = Long.parseLong(process.getFileName().toString());
        if (field(proc, pid, SESSION).filter(session -> session == leader).isPresent()) {
          members.add(pid);
        }
      }
    }
    return members;
  }

  private static boolean runs(Path proc, Instance instance) {
    return field(proc, instance.pid(), START_TIME)
        .filter(start -> start == instance.startTime())
        .isPresent();
  }

  private static Optional<Long> field(Path proc, long pid, int index) {
    try {
      String stat = Files.readString(proc.resolve(Long.toString(pid)).resolve("stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return fields[0].equals("Z") ? Optional.empty() : Optional.of(Long.parseLong(fields[index]));
    } catch (IOException e) {
      return Optional.empty(); // It has ended.
    }
  }
}
