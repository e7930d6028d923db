package dev.ebb.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How a language's functions are run: `runtimes/NAME/runtime.json`.
///
/// @param folder of the descriptor; scripts in the command are relative to it
/// @param command program and arguments; the program is one of the interpreters
/// @param interpreters names to look for on the PATH, the best first
/// @param probe arguments that make an interpreter print the path of its program, and in the next
///   line its version; may be empty
/// @param prepare arguments with which an interpreter, in the runtime's folder, keeps there what
///   makes its starts faster; may be empty
/// @param preparePackage arguments with which an interpreter makes what goes with a package's
///   files; the package's directory and the one for what it makes are added; may be empty
/// @param minimumVersion dotted numbers, or empty
/// @param install what a user does when there is no interpreter; may be empty
record RuntimeDescriptor(
    String name,
    Path folder,
    List<String> command,
    List<String> interpreters,
    List<String> probe,
    List<String> prepare,
    List<String> preparePackage,
    String defaultEntrypoint,
    String minimumVersion,
    String install) {
  private static final JsonMapper JSON = new JsonMapper();

  static RuntimeDescriptor read(Path file) throws IOException {
    try {
      var json = JSON.readTree(Files.readAllBytes(file));
      var folder = file.toAbsolutePath().getParent();
      var command = strings(json.path("command"));
      var interpreters = strings(json.path("interpreters"));
      if (folder == null || command.isEmpty()) {
        throw new IOException(file + ": 'command' is missing");
      }
      return new RuntimeDescriptor(
          json.path("name").asString(""),
          folder,
          command,
          interpreters.isEmpty() ? List.of(command.getFirst()) : interpreters,
          strings(json.path("probe")),
          strings(json.path("prepare")),
          strings(json.path("preparePackage")),
          json.path("defaultEntrypoint").asString(""),
          json.path("minimumVersion").asString(""),
          json.path("install").asString(""));
    } catch (JacksonException e) {
      throw new IOException(file + ": " + e.getOriginalMessage(), e);
    }
  }

  /// The command with absolute paths.
  List<String> resolve(Path interpreter) {
    return resolve(interpreter, command.subList(1, command.size()));
  }

  /// An interpreter's command with absolute paths for what lies in the runtime's folder.
  List<String> resolve(Path interpreter, List<String> arguments) {
    var resolved = new ArrayList<String>();
    resolved.add(interpreter.toString());
    for (var word : arguments) {
      var script = folder.resolve(word);
      resolved.add(!word.startsWith("-") && Files.isRegularFile(script) ? script.toString() : word);
    }
    return resolved;
  }

  /// A digest of all files of the runtime, except what an interpreter keeps of them.
  String fingerprint() {
    try (var files = Files.walk(folder)) {
      var digest = MessageDigest.getInstance("SHA-256");
      for (var file : files.filter(RuntimeDescriptor::isSource).sorted().toList()) {
        digest.update((folder.relativize(file) + "\0").getBytes(UTF_8));
        digest.update(Files.readAllBytes(file));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private static boolean isSource(Path file) {
    return Files.isRegularFile(file) && !file.toString().contains("__pycache__");
  }

  private static List<String> strings(JsonNode array) {
    return array.valueStream().map(word -> word.asString("")).toList();
  }
}
