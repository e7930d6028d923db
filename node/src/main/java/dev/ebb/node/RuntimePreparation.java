package dev.ebb.node;

import dev.ebb.node.Interpreters.Interpreter;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// Lets interpreters keep in a runtime's folder what they make of it at each start otherwise, such
/// as Python's byte code: in containers the folder is read-only, so that no instance can. Without
/// it everything works, and starts take longer. Thread-safe; blocks.
final class RuntimePreparation {
  private static final Logger LOG = System.getLogger(RuntimePreparation.class.getName());
  private static final long MOST_SECONDS = 30;
  private static final int MOST_BYTES = 4096;

  private final Map<String, Prepared> prepared = new ConcurrentHashMap<>();

  private record Prepared(Interpreter interpreter, String fingerprint) {}

  /// Does it once for an interpreter and the state of the runtime's files.
  void require(RuntimeDescriptor descriptor, Interpreter interpreter, String fingerprint) {
    if (descriptor.prepare().isEmpty()) {
      return;
    }
    var wanted = new Prepared(interpreter, fingerprint);
    prepared.compute(
        descriptor.name(),
        (name, present) -> {
          if (!wanted.equals(present)) {
            prepare(descriptor, interpreter);
          }
          return wanted;
        });
  }

  private static void prepare(RuntimeDescriptor descriptor, Interpreter interpreter) {
    try {
      String complaint = run(descriptor, interpreter);
      if (!complaint.isEmpty()) {
        LOG.log(
            Level.WARNING,
            "the runtime {0} could not be prepared in {1}, so that its functions start more slowly:"
                + " {2}",
            descriptor.name(),
            descriptor.folder(),
            complaint);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the runtime " + descriptor.name() + " could not be prepared", e);
    }
  }

  /// @return why it failed; empty when it did not
  private static String run(RuntimeDescriptor descriptor, Interpreter interpreter)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(interpreter.program().toString());
    command.addAll(descriptor.prepare());
    var process =
        new ProcessBuilder(command)
            .directory(descriptor.folder().toFile())
            .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .start();
    try {
      // What is more than the pipe holds is not awaited: it takes too long then.
      if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        return "it took more than " + MOST_SECONDS + " s";
      }
      if (process.exitValue() == 0) {
        return "";
      }
      var output = process.getInputStream().readNBytes(MOST_BYTES);
      String words = new String(output, StandardCharsets.UTF_8).strip();
      return words.isEmpty() ? "exit code " + process.exitValue() : words;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    } finally {
      process.destroyForcibly();
    }
  }
}
