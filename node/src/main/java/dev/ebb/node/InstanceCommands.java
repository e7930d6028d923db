package dev.ebb.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Runs commands beside instances: as the same user, in the same directory and with the same
/// environment as the instance's first process, in a session of their own. `EBB_SOCKET` in their
/// environment makes them part of the instance: they end with it. Thread-safe.
final class InstanceCommands implements AutoCloseable {
  /// Each costs three threads and five descriptors.
  private static final int MAX = 32;

  private final Set<CommandProcess> running = ConcurrentHashMap.newKeySet();

  /// @param instance number of its first process
  /// @throws IOException with a reason for the user
  InstanceCommand start(long instance, List<String> command, boolean terminal) throws IOException {
    if (running.size() >= MAX) {
      throw new IOException("%d commands are running, which is the most".formatted(MAX));
    }
    Path process = Path.of("/proc", Long.toString(instance));
    Map<String, String> environment = environment(process.resolve("environ"));
    Path directory = Files.readSymbolicLink(process.resolve("cwd"));
    List<String> resolved = resolve(command, environment, directory);
    if (terminal) {
      environment.putIfAbsent("TERM", "xterm");
    }
    CommandDescriptors descriptors =
        terminal ? CommandDescriptors.terminal(Terminal.open()) : CommandDescriptors.pipes();
    CommandProcess started;
    try {
      long pid =
          Spawn.start(new Spawn.Request(resolved, environment, directory, descriptors.childs()));
      started = new CommandProcess(pid, descriptors);
    } catch (IOException e) {
      descriptors.close();
      throw e;
    } finally {
      descriptors.closeGiven();
    }
    running.add(started);
    started.start(() -> running.remove(started));
    return started;
  }

  @Override
  public void close() {
    running.forEach(CommandProcess::close);
  }

  /// The command with the path of its program, which is looked for as a shell does.
  private static List<String> resolve(
      List<String> command, Map<String, String> environment, Path directory) throws IOException {
    String name = command.getFirst();
    Optional<Path> program =
        name.contains("/")
            ? Optional.of(directory.resolve(name))
            : Stream.of(environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin").split(":"))
                .map(entry -> directory.resolve(entry).resolve(name))
                .filter(Files::isRegularFile)
                .filter(Files::isExecutable)
                .findFirst();
    Path path =
        program.orElseThrow(() ->
            new IOException("exec: \"%s\": executable file not found in $PATH".formatted(name)));
    return Stream.concat(Stream.of(path.toString()), command.stream().skip(1)).toList();
  }

  private static Map<String, String> environment(Path file) throws IOException {
    Map<String, String> environment = new LinkedHashMap<>();
    for (String variable : new String(Files.readAllBytes(file), UTF_8).split("\0", -1)) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        environment.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return environment;
  }
}
