package dev.ebb.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a program did to files, as seen by strace, in the order in which it happened.
final class SystemCalls {
  /// A call that changed something or made it durable.
  sealed interface Call {
    record Create(Path path) implements Call {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Write(Path path, long offset, byte[] data) implements Call {}

    record Truncate(Path path, long size) implements Call {}

    record Sync(Path path) implements Call {}

    record Rename(Path from, Path to) implements Call {}

    record Delete(Path path) implements Call {}

    /// A line that the program wrote to where it tells what it has done.
    record Say(String line) implements Call {}
  }

  private static final String UNFINISHED = " <unfinished ...>";
  private static final Pattern RESUMED = Pattern.compile("(\\d+) +<\\.\\.\\. \\w+ resumed>(.*)");
  private static final Pattern CALL = Pattern.compile("\\d+ +(\\w+)\\((.*)\\) += (\\d+).*");

  /// The path of a descriptor, `7<...>`, or an argument, `"..."`; both in hexadecimal.
  private static final Pattern PATH =
      Pattern.compile("\\d+<((?:\\\\x\\w\\w)+)>|\"((?:\\\\x\\w\\w)+)\"");

  private static final String TRACED =
      "openat,pwrite64,write,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat";

  private SystemCalls() {}

  /// Runs a command to its end under strace.
  ///
  /// @param options more options of strace
  static void trace(Path trace, List<String> options, List<String> command)
      throws IOException, InterruptedException {
    assertThat(Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)))
        .as("this test needs the program strace on the PATH (Debian: apt-get install strace)")
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "strace")));
    List<String> all =
        new ArrayList<>(List.of("strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "65536"));
    all.addAll(List.of("-o", trace.toString(), "-e", "trace=" + TRACED));
    all.addAll(options);
    all.addAll(command);
    Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  /// @param directory calls that concern files elsewhere are left out
  /// @param said the file the program writes its lines to
  static List<Call> read(Path trace, Path directory, Path said) throws IOException {
    List<Call> calls = new ArrayList<>();
    Map<String, String> unfinished = new HashMap<>();
    try (BufferedReader lines = Files.newBufferedReader(trace, ISO_8859_1)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.endsWith(UNFINISHED)) {
          String begun = line.substring(0, line.length() - UNFINISHED.length());
          unfinished.put(line.substring(0, line.indexOf(' ')), begun);
          // Whoever reads what was said may do so before the call returns.
          read(begun + ") = 0", directory, said)
              .filter(call -> call instanceof Call.Say)
              .ifPresent(calls::add);
          continue;
        }
        Matcher resumed = RESUMED.matcher(line);
        boolean whole = !resumed.matches();
        String full = whole ? line : unfinished.remove(resumed.group(1)) + resumed.group(2);
        read(full, directory, said)
            .filter(call -> whole || !(call instanceof Call.Say))
            .ifPresent(calls::add);
      }
    }
    return calls;
  }

  /// Empty for a call that failed, that strace has only pretended to do, or that is of no interest.
  private static Optional<Call> read(String line, Path directory, Path said) {
    Matcher call = CALL.matcher(line);
    if (!call.matches() || line.endsWith("(INJECTED)")) {
      return Optional.empty();
    }
    String arguments = call.group(2);
    Matcher paths = PATH.matcher(arguments);
    if (!paths.find()) {
      return Optional.empty();
    }
    Path path = path(paths);
    if (path.equals(said)) {
      return call.group(1).equals("write")
          ? Optional.of(new Call.Say(new String(data(arguments), UTF_8).strip()))
          : Optional.empty();
    }
    if (!path.startsWith(directory)) {
      return Optional.empty();
    }
    return switch (call.group(1)) {
      case "openat" ->
          arguments.contains("O_CREAT") ? Optional.of(new Call.Create(path)) : Optional.empty();
      case "pwrite64" -> {
        byte[] data = Arrays.copyOf(data(arguments), Integer.parseInt(call.group(3)));
        yield Optional.of(new Call.Write(path, lastNumber(arguments), data));
      }
      case "ftruncate" -> Optional.of(new Call.Truncate(path, lastNumber(arguments)));
      case "fsync", "fdatasync" -> Optional.of(new Call.Sync(path));
      case "rename", "renameat", "renameat2" -> {
        assertThat(paths.find()).isTrue();
        yield Optional.of(new Call.Rename(path, path(paths)));
      }
      case "unlink", "unlinkat" -> Optional.of(new Call.Delete(path));
      default -> throw new IllegalArgumentException("not simulated: " + call.group(1) + path);
    };
  }

  private static Path path(Matcher matcher) {
    String hex = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    return Path.of(new String(bytes(hex), UTF_8));
  }

  private static byte[] data(String arguments) {
    return bytes(arguments.substring(arguments.indexOf('"') + 1, arguments.lastIndexOf('"')));
  }

  private static long lastNumber(String arguments) {
    return Long.parseLong(arguments.substring(arguments.lastIndexOf(' ') + 1));
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace("\\x", ""));
  }
}
