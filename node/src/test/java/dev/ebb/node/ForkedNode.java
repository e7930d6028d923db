package dev.ebb.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// A node in a process of its own that runs one instance, to be killed or to be run as another
/// user.
final class ForkedNode implements AutoCloseable {
  private static final String NOBODY = "65534";

  /// Of the node's [Machine].
  final Path run;

  private final Process process;

  /// One for all lines: it may have read more than one.
  private final BufferedReader output;

  /// Prints the run directory when the instance is ready, and waits for its end.
  public static void main(String[] arguments) throws InterruptedException {
    var machine =
        new Machine(Path.of(arguments[0]), config -> config.withInstancesEndWithServer(true));
    machine.run(machine.workload(arguments[1]), 1);
    System.out.println("run=" + machine.run);
    if (arguments[2].equals("stop")) {
      machine.close();
      System.out.println("closed");
    } else {
      new CountDownLatch(1).await();
    }
  }

  /// @param root the node's own; made when it is not there
  /// @param end `stop` or `wait`
  static ForkedNode start(Path root, String script, String end, boolean asNobody)
      throws IOException {
    var command = new ArrayList<String>();
    var classPath = System.getProperty("java.class.path");
    Files.createDirectories(root);
    if (asNobody && System.getProperty("user.name").equals("root")) {
      command.addAll(
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
      classPath = readable(classPath, Files.createDirectory(root.resolve("classes")));
      Files.setAttribute(root, "unix:uid", Integer.parseInt(NOBODY));
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath,
            ForkedNode.class.getName(),
            root.toString(),
            script,
            end));
    return new ForkedNode(
        new ProcessBuilder(command)
            .directory(root.toFile())
            .redirectError(root.resolve("errors").toFile())
            .start());
  }

  private ForkedNode(Process process) throws IOException {
    this.process = process;
    output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    var line = readLine();
    if (!line.startsWith("run=")) {
      throw new IOException("the node did not start: " + line);
    }
    run = Path.of(line.substring("run=".length()));
  }

  String readLine() throws IOException {
    var line = output.readLine();
    return line == null ? "" : line;
  }

  /// Without a chance to do anything.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    NodeFiles.delete(run);
  }

  /// Another user may not read the home directory of the present one, where libraries often lie.
  private static String readable(String classPath, Path copies) throws IOException {
    var copied = new ArrayList<String>();
    for (var entry : classPath.split(File.pathSeparator, -1)) {
      var from = Path.of(entry);
      if (!Files.exists(from)) {
        continue;
      }
      var to = copies.resolve(copied.size() + "-" + from.getFileName());
      try (var files = Files.walk(from)) {
        for (var file : files.toList()) {
          var target = to.resolve(from.relativize(file).toString());
          Files.copy(file, target);
          boolean folder = Files.isDirectory(file);
          Files.setPosixFilePermissions(
              target, PosixFilePermissions.fromString(folder ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
      copied.add(to.toString());
    }
    return String.join(File.pathSeparator, copied);
  }
}
