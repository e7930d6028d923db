package dev.ebb.node;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Starts a process in a session and process group of its own with `posix_spawn`: a child of
/// `ProcessBuilder` shares the server's group, so that a Ctrl-C meant for the server would end
/// every instance. The child has no descriptor of the server, no blocked signal and default
/// handlers.
public final class Spawn {
  // posix_spawnattr_t has 336 bytes and posix_spawn_file_actions_t 80 in glibc on both
  // architectures, sigset_t 128; more is allocated than any version needs.
  private static final long ATTRIBUTES_BYTES = 512;
  private static final long ACTIONS_BYTES = 256;
  private static final long SIGNAL_SET_BYTES = 256;

  private static final short FLAGS = /* SETSIGDEF | SETSIGMASK | SETSID */ 0x4 | 0x8 | 0x80;
  private static final int LOG_FLAGS = /* O_WRONLY | O_CREAT | O_APPEND */ 0x1 | 0x40 | 0x400;

  private static final MethodHandle POSIX_SPAWN =
      Linux.function(
          "posix_spawn",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
  private static final MethodHandle ACTIONS_INIT =
      Linux.function("posix_spawn_file_actions_init", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle ACTIONS_DESTROY =
      Linux.function("posix_spawn_file_actions_destroy", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle ADD_OPEN =
      Linux.function(
          "posix_spawn_file_actions_addopen",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle ADD_DUP2 =
      Linux.function(
          "posix_spawn_file_actions_adddup2",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle ADD_CHDIR =
      Linux.function(
          "posix_spawn_file_actions_addchdir_np",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle ADD_CLOSE_FROM =
      Linux.function(
          "posix_spawn_file_actions_addclosefrom_np",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MemorySegment ATTRIBUTES = attributes();

  private Spawn() {}

  /// What a process has as standard input, output and error.
  public sealed interface Streams {}

  /// @param standardInput a descriptor of this process, or -1 for `/dev/null`
  /// @param output gets standard output and standard error, appended
  public record LogFile(int standardInput, Path output) implements Streams {}

  /// Descriptors of this process.
  public record Descriptors(int input, int output, int errors) implements Streams {}

  /// All three; it becomes the controlling terminal of the new session.
  public record TerminalDevice(Path device) implements Streams {}

  /// @param command its first word is the absolute path of a program
  public record Request(
      List<String> command,
      Map<String, String> environment,
      Path workingDirectory,
      Streams streams) {}

  /// @return the process's number, which is also that of its group and session
  /// @throws IOException with the operating system's reason
  public static long start(Request request) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var actions = arena.allocate(ACTIONS_BYTES, 16);
      check("posix_spawn", (int) ACTIONS_INIT.invokeExact(actions));
      try {
        addActions(arena, actions, request);
        var pid = arena.allocate(JAVA_INT);
        var path = arena.allocateFrom(request.command().getFirst());
        var arguments = strings(arena, request.command());
        var environment =
            strings(
                arena,
                request.environment().entrySet().stream()
                    .map(variable -> variable.getKey() + "=" + variable.getValue())
                    .toList());
        check(
            request.command().getFirst(),
            (int) POSIX_SPAWN.invokeExact(pid, path, actions, ATTRIBUTES, arguments, environment));
        return pid.get(JAVA_INT, 0);
      } finally {
        var ignored = (int) ACTIONS_DESTROY.invokeExact(actions);
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static void addActions(Arena arena, MemorySegment actions, Request request)
      throws Throwable {
    switch (request.streams()) {
      case LogFile(int input, Path log) -> {
        if (input < 0) {
          open(arena, actions, 0, "/dev/null", 0);
        } else {
          duplicate(actions, input, 0);
        }
        open(arena, actions, 1, log.toString(), LOG_FLAGS);
        duplicate(actions, 1, 2);
      }
      case Descriptors(int input, int output, int errors) -> {
        duplicate(actions, input, 0);
        duplicate(actions, output, 1);
        duplicate(actions, errors, 2);
      }
      case TerminalDevice(Path device) -> {
        open(arena, actions, 0, device.toString(), /* O_RDWR */ 0x2);
        duplicate(actions, 0, 1);
        duplicate(actions, 0, 2);
      }
    }
    var directory = arena.allocateFrom(request.workingDirectory().toString());
    check("chdir", (int) ADD_CHDIR.invokeExact(actions, directory));
    check("closefrom", (int) ADD_CLOSE_FROM.invokeExact(actions, 3));
  }

  private static void open(Arena arena, MemorySegment actions, int as, String path, int flags)
      throws Throwable {
    var name = arena.allocateFrom(path);
    check(path, (int) ADD_OPEN.invokeExact(actions, as, name, flags, 0600));
  }

  private static void duplicate(MemorySegment actions, int descriptor, int as) throws Throwable {
    check("dup2", (int) ADD_DUP2.invokeExact(actions, descriptor, as));
  }

  private static MemorySegment strings(Arena arena, List<String> texts) {
    var array = arena.allocate(ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(ADDRESS, i, arena.allocateFrom(texts.get(i)));
    }
    return array;
  }

  private static void check(String what, int errno) throws IOException {
    if (errno != 0) {
      throw new IOException(what + ": " + Linux.message(errno));
    }
  }

  private static MemorySegment attributes() {
    var arena = Arena.global();
    var all = arena.allocate(SIGNAL_SET_BYTES, 16).fill((byte) 0xff);
    var none = arena.allocate(SIGNAL_SET_BYTES, 16);
    var attributes = arena.allocate(ATTRIBUTES_BYTES, 16);
    var two = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
    try {
      var init = Linux.function("posix_spawnattr_init", FunctionDescriptor.of(JAVA_INT, ADDRESS));
      check("posix_spawnattr_init", (int) init.invokeExact(attributes));
      var flags =
          Linux.function(
              "posix_spawnattr_setflags", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_SHORT));
      check("posix_spawnattr_setflags", (int) flags.invokeExact(attributes, FLAGS));
      var defaults = Linux.function("posix_spawnattr_setsigdefault", two);
      check("posix_spawnattr_setsigdefault", (int) defaults.invokeExact(attributes, all));
      var mask = Linux.function("posix_spawnattr_setsigmask", two);
      check("posix_spawnattr_setsigmask", (int) mask.invokeExact(attributes, none));
      return attributes;
    } catch (Throwable e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
