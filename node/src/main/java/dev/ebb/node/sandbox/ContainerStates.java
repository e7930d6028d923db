package dev.ebb.node.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Which containers there are, as files, so that a later server finds what this one leaves: each
/// has its control group's name and its bundle in two lines. Thread-safe.
final class ContainerStates {
  private final Path directory;
  private final Map<String, State> known = new ConcurrentHashMap<>();

  record State(String cgroup, Path bundle) {}

  ContainerStates(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
    for (String id : ids()) {
      read(id).ifPresent(state -> known.put(id, state));
    }
  }

  /// Before anything is made, so that nothing can be left that nobody finds.
  void write(String id, State state) throws IOException {
    Path file = directory.resolve(id);
    Files.writeString(file, state.cgroup() + "\n" + state.bundle() + "\n");
    known.put(id, state);
  }

  Optional<State> find(String id) {
    return Optional.ofNullable(known.get(id));
  }

  List<State> all() {
    return List.copyOf(known.values());
  }

  List<String> ids() {
    List<String> ids = new ArrayList<>();
    try (var files = Files.newDirectoryStream(directory)) {
      files.forEach(file -> ids.add(file.getFileName().toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ids;
  }

  void delete(String id) throws IOException {
    Files.deleteIfExists(directory.resolve(id));
    known.remove(id);
  }

  /// A file that the loss of power cut short tells nothing: all that it told of is gone with the
  /// boot, but for the bundle, which its owner deletes.
  private Optional<State> read(String id) throws IOException {
    try {
      List<String> lines = Files.readAllLines(directory.resolve(id));
      return Optional.of(
          lines.size() < 2
              ? new State("gone", Path.of("/nonexistent"))
              : new State(lines.get(0), Path.of(lines.get(1))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
