package dev.ebb.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/// The programs on the PATH that run functions. What a version manager puts there (pyenv, asdf,
/// nvm) is a script that looks for the real program, which costs each cold start 50 ms and more:
/// the program itself is asked once where it lies, and started from there. Thread-safe; blocks.
final class Interpreters {
  // One that does not tell its version within this is not fit to run functions.
  private static final long PROBE_SECONDS = 10;
  // Which program a script leads to may change without the script. Asking takes a tenth of a
  // second, which a deployment should not pay often.
  private static final long SCRIPT_NANOS = Duration.ofMinutes(10).toNanos();
  private static final Pattern NUMBERS = Pattern.compile("\\d+(?:\\.\\d+)+");

  private final List<Path> searchPath;
  private final LongSupplier nanoTime;
  private final Map<Path, Answer> answers = new ConcurrentHashMap<>();

  /// @param program the real one; an absolute path
  /// @param version dotted numbers; empty when it did not tell
  record Interpreter(Path program, String version) {}

  private record Answer(
      FileTime found, FileTime program, boolean script, long askedAt, Interpreter interpreter) {}

  /// @param path directories with colons between them, as in the environment
  Interpreters(String path, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    searchPath =
        Arrays.stream(path.split(":", -1))
            .filter(dir -> dir.startsWith("/"))
            .map(Path::of)
            .toList();
  }

  /// A program by its name on the PATH, or by its path.
  Optional<Path> find(String program) {
    if (program.contains("/")) {
      return Optional.of(Path.of(program)).filter(Files::isExecutable);
    }
    return searchPath.stream()
        .map(folder -> folder.resolve(program))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /// @param found what [#find] gave
  /// @param probe arguments that make it print its path, and its version in the next line; empty
  ///   when `--version` is all that it knows
  Interpreter ask(Path found, List<String> probe) {
    try {
      var known = answers.get(found);
      if (known != null && isCurrent(found, known)) {
        return known.interpreter();
      }
      var interpreter = probe.isEmpty() ? askVersion(found) : askPath(found, probe);
      answers.put(
          found,
          new Answer(
              Files.getLastModifiedTime(found),
              Files.getLastModifiedTime(interpreter.program()),
              isScript(found),
              nanoTime.getAsLong(),
              interpreter));
      return interpreter;
    } catch (IOException e) {
      return new Interpreter(found, "");
    }
  }

  private boolean isCurrent(Path found, Answer known) throws IOException {
    var program = known.interpreter().program();
    return Files.getLastModifiedTime(found).equals(known.found())
        && Files.isExecutable(program)
        && Files.getLastModifiedTime(program).equals(known.program())
        && (!known.script() || nanoTime.getAsLong() - known.askedAt() < SCRIPT_NANOS);
  }

  private static Interpreter askPath(Path found, List<String> probe) throws IOException {
    var lines = run(found, probe, false).lines().toList();
    if (lines.size() < 2) {
      return askVersion(found);
    }
    return new Interpreter(program(lines.getFirst()).orElse(found), numbers(lines.get(1)));
  }

  private static Interpreter askVersion(Path found) throws IOException {
    return new Interpreter(found, numbers(run(found, List.of("--version"), true)));
  }

  private static Optional<Path> program(String line) {
    try {
      return Optional.of(Path.of(line.strip()))
          .filter(path -> path.isAbsolute() && Files.isExecutable(path));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static String numbers(String text) {
    var numbers = NUMBERS.matcher(text);
    return numbers.find() ? numbers.group() : "";
  }

  /// @return what it printed, or nothing when that took too long
  private static String run(Path program, List<String> arguments, boolean withErrors)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(program.toString());
    command.addAll(arguments);
    var builder =
        new ProcessBuilder(command).redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
    if (withErrors) {
      builder.redirectErrorStream(true);
    } else {
      builder.redirectError(Redirect.DISCARD);
    }
    // A version manager may choose by a file in the present directory; instances have their own.
    var process = builder.directory(Path.of("/").toFile()).start();
    try {
      if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
        return "";
      }
      return new String(process.getInputStream().readNBytes(4096), UTF_8);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean isScript(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(2), new byte[] {'#', '!'});
    }
  }
}
