package dev.ebb.apiserver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The real kubectl, with a home and caches of its own.
final class Kubectl {
  /// What a command printed.
  record Result(int exitCode, String out, String err) {}

  private final String program;
  private final Path home;
  private final Path kubeconfig;
  private final Map<String, String> extra = new HashMap<>();

  Kubectl(Path home, Path kubeconfig) throws IOException {
    this(find(), home, kubeconfig);
  }

  /// @param program one of [#ages]
  Kubectl(String program, Path home, Path kubeconfig) throws IOException {
    this.program = program;
    this.home = Files.createDirectories(home);
    this.kubeconfig = kubeconfig;
  }

  /// The system property `ebb.kubectl`, else the PATH. A machine without kubectl fails the tests.
  static String find() {
    String named = System.getProperty("ebb.kubectl", "");
    if (!named.isEmpty()) {
      return named;
    }
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .map(directory -> Path.of(directory, "kubectl"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElseThrow(() ->
            new AssertionError(
                "these tests need kubectl: install Debian's kubernetes-client, or name one with"
                    + " -Debb.kubectl=PATH"));
  }

  /// The newest and the oldest that `.ci/tools` installed; without it, the one that [#find] finds.
  static List<String> ages() {
    Path tools = Path.of("").toAbsolutePath().resolveSibling("target/tools");
    List<String> installed =
        Stream.of("kubectl", "kubectl-oldest")
            .map(tools::resolve)
            .filter(Files::isExecutable)
            .map(Path::toString)
            .toList();
    return installed.isEmpty() ? List.of(find()) : installed;
  }

  /// Sets a variable for the commands to come.
  void environment(String name, String value) {
    extra.put(name, value);
  }

  Result run(String... arguments) throws IOException, InterruptedException {
    return runWithInput("", arguments);
  }

  Result runWithInput(String input, String... arguments) throws IOException, InterruptedException {
    Path out = Files.createTempFile(home, "out", "");
    Path err = Files.createTempFile(home, "err", "");
    Process process =
        builder(arguments).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(
          "kubectl %s did not end: %s".formatted(List.of(arguments), Files.readString(out)));
    }
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /// Output of a command that must succeed.
  String out(String... arguments) throws IOException, InterruptedException {
    Result result = run(arguments);
    if (result.exitCode() != 0) {
      throw new AssertionError("kubectl " + List.of(arguments) + ": " + result.err());
    }
    return result.out();
  }

  /// Starts a command that goes on, such as a watch.
  Process start(Path out, String... arguments) throws IOException {
    return builder(arguments).redirectOutput(out.toFile()).redirectErrorStream(true).start();
  }

  private ProcessBuilder builder(String... arguments) {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    String path = environment.getOrDefault("PATH", "");
    environment.clear();
    environment.putAll(
        Map.of(
            "PATH", path,
            "HOME", home.toString(),
            "KUBECONFIG", kubeconfig.toString(),
            "KUBECACHEDIR", home.resolve("cache").toString()));
    environment.putAll(extra);
    return builder;
  }
}
