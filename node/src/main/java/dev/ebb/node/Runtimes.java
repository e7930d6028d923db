package dev.ebb.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// The language runtimes below a home directory, and the interpreters on the PATH that they need.
/// Descriptors and versions are read once and again when the file changed. Thread-safe.
final class Runtimes {
  // An interpreter that does not tell its version within this is not fit to run functions.
  private static final long VERSION_SECONDS = 10;
  private static final Pattern NUMBERS = Pattern.compile("\\d+(?:\\.\\d+)+");
  private static final Pattern NAME = Pattern.compile("[a-z0-9][-a-z0-9.]*");

  private final Path directory;
  private final List<Path> searchPath;
  private final Map<String, Cached<RuntimeDescriptor>> descriptors = new ConcurrentHashMap<>();
  private final Map<Path, Cached<String>> versions = new ConcurrentHashMap<>();

  private record Cached<T>(FileTime modified, T value) {}

  /// @param path directories with colons between them, as in the environment
  Runtimes(Path home, String path) {
    directory = home.resolve("runtimes");
    searchPath =
        Arrays.stream(path.split(":", -1))
            .filter(dir -> dir.startsWith("/"))
            .map(Path::of)
            .toList();
  }

  /// What has to be run for functions of this runtime, and how.
  record Resolved(RuntimeDescriptor descriptor, List<String> command) {}

  /// @throws StartRefusedException `RuntimeMissing`, with what to install
  Resolved resolve(String name) {
    var descriptor = descriptor(name);
    String tooOld = "";
    for (var candidate : descriptor.interpreters()) {
      var interpreter = find(candidate);
      if (interpreter.isPresent()) {
        var version = version(interpreter.get());
        if (isAtLeast(version, descriptor.minimumVersion())) {
          return new Resolved(descriptor, descriptor.resolve(interpreter.get()));
        }
        tooOld = interpreter.get() + " is version " + version;
      }
    }
    throw missing(descriptor, tooOld);
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

  private RuntimeDescriptor descriptor(String name) {
    var file = directory.resolve(name).resolve("runtime.json");
    if (!NAME.matcher(name).matches() || !Files.isRegularFile(file)) {
      throw new StartRefusedException(
          "RuntimeMissing", "there is no runtime '" + name + "' in " + directory, true);
    }
    try {
      var modified = Files.getLastModifiedTime(file);
      var cached = descriptors.get(name);
      if (cached != null && cached.modified().equals(modified)) {
        return cached.value();
      }
      var descriptor = RuntimeDescriptor.read(file);
      descriptors.put(name, new Cached<>(modified, descriptor));
      return descriptor;
    } catch (IOException e) {
      throw new StartRefusedException(
          "RuntimeMissing", "runtime '" + name + "' cannot be read: " + e.getMessage(), true);
    }
  }

  private String version(Path interpreter) {
    try {
      var modified = Files.getLastModifiedTime(interpreter);
      var cached = versions.get(interpreter);
      if (cached != null && cached.modified().equals(modified)) {
        return cached.value();
      }
      var version = askVersion(interpreter);
      versions.put(interpreter, new Cached<>(modified, version));
      return version;
    } catch (IOException e) {
      return "";
    }
  }

  private static String askVersion(Path interpreter) throws IOException {
    var process =
        new ProcessBuilder(interpreter.toString(), "--version").redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(VERSION_SECONDS, TimeUnit.SECONDS)) {
        return "";
      }
      var numbers = NUMBERS.matcher(new String(process.getInputStream().readNBytes(1024), UTF_8));
      return numbers.find() ? numbers.group() : "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    } finally {
      process.destroyForcibly();
    }
  }

  static boolean isAtLeast(String version, String minimum) {
    if (minimum.isEmpty()) {
      return true;
    }
    if (version.isEmpty()) {
      return false;
    }
    return Arrays.compare(numbers(version), numbers(minimum)) >= 0;
  }

  private static int[] numbers(String version) {
    return Arrays.stream(version.split("\\.", -1)).mapToInt(Integer::parseInt).toArray();
  }

  private static StartRefusedException missing(RuntimeDescriptor descriptor, String tooOld) {
    var needed = String.join(" or ", descriptor.interpreters());
    var version =
        descriptor.minimumVersion().isEmpty()
            ? ""
            : " " + descriptor.minimumVersion() + " or newer";
    var found = tooOld.isEmpty() ? "; it is not on the server's PATH" : "; " + tooOld;
    var install =
        descriptor.install().isEmpty() ? "install it and put it on the PATH" : descriptor.install();
    return new StartRefusedException(
        "RuntimeMissing",
        "runtime '" + descriptor.name() + "' needs " + needed + version + found + ": " + install,
        true);
  }
}
