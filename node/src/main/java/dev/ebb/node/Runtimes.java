package dev.ebb.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// The language runtimes below a home directory, with the interpreters that they need. Descriptors
/// are read once and again when the file changed. Thread-safe; blocks.
final class Runtimes {
  private static final Logger LOG = System.getLogger(Runtimes.class.getName());
  private static final Pattern NAME = Pattern.compile("[a-z0-9][-a-z0-9.]*");

  private final Path directory;
  private final Interpreters interpreters;
  private final RuntimePreparation preparation = new RuntimePreparation();
  private final Map<String, Cached> descriptors = new ConcurrentHashMap<>();

  private record Cached(FileTime modified, RuntimeDescriptor descriptor) {}

  Runtimes(Path home, Interpreters interpreters) {
    directory = home.resolve("runtimes");
    this.interpreters = interpreters;
  }

  /// What has to be run for functions of this runtime, and how.
  ///
  /// @param fingerprint of the runtime's own files
  record Resolved(RuntimeDescriptor descriptor, List<String> command, String fingerprint) {}

  /// @throws StartRefusedException `RuntimeMissing`, with what to install
  Resolved resolve(String name) {
    var descriptor = descriptor(name);
    String tooOld = "";
    for (var candidate : descriptor.interpreters()) {
      var found = interpreters.find(candidate);
      if (found.isPresent()) {
        var interpreter = interpreters.ask(found.get(), descriptor.probe());
        if (isAtLeast(interpreter.version(), descriptor.minimumVersion())) {
          var fingerprint = descriptor.fingerprint();
          preparation.require(descriptor, interpreter, fingerprint);
          return new Resolved(descriptor, descriptor.resolve(interpreter.program()), fingerprint);
        }
        tooOld =
            interpreter.version().isEmpty()
                ? found.get() + " does not tell its version"
                : interpreter.program() + " is version " + interpreter.version();
      }
    }
    throw missing(descriptor, tooOld);
  }

  /// Asks all interpreters now, so that the first deployment need not wait for their answers.
  void prepare() {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (var folders = Files.newDirectoryStream(directory)) {
      for (var folder : folders) {
        try {
          resolve(folder.getFileName().toString());
        } catch (StartRefusedException e) {
          LOG.log(Level.DEBUG, "a runtime is not usable: {0}", e.text());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
        return cached.descriptor();
      }
      var descriptor = RuntimeDescriptor.read(file);
      descriptors.put(name, new Cached(modified, descriptor));
      return descriptor;
    } catch (IOException e) {
      throw new StartRefusedException(
          "RuntimeMissing", "runtime '" + name + "' cannot be read: " + e.getMessage(), true);
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
