package dev.ebb.server;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `ebb train-commands`: every command once, against the server of `ebb train`.
@Command(
    name = "train-commands",
    hidden = true,
    description = "Execute every command once (for the start-up cache of the commands).")
final class TrainCommandsCommand implements Callable<Integer> {
  /// A manifest beside the data directory.
  static final String FUNCTIONS = "functions.yaml";

  @Parameters(paramLabel = "DIR", description = "The data directory of the server.")
  private Path data = Path.of("");

  @Parameters(paramLabel = "REF", description = "An image that can be pulled.")
  private String image = "";

  @Override
  public Integer call() throws IOException {
    Path source =
        Files.writeString(data.resolveSibling("hello.py"), "def main():\n    return 'hi'\n");
    String where = "--data-dir=" + data;
    String examples = ServerHome.find().resolve("examples").toString();
    execute("version");
    execute("status", where);
    execute("ls", where);
    // Fails where there is no Python; its classes are loaded all the same.
    execute("deploy", source.toString(), where, "--wait=10");
    execute("ls", where);
    execute("ls", where, "-o", "json");
    execute("describe", "hello", where);
    execute("logs", "hello", where);
    execute("invoke", "hello", where);
    execute("load", "hello", where, "--connections=2", "--time=1");
    execute("top", where, "--once");
    execute("apply", "-f", examples + "/function.yaml", where);
    execute("apply", "-f", data.resolveSibling(FUNCTIONS).toString(), where);
    execute("image", "pull", image, where);
    execute("image", "ls", where);
    execute("--help");
    return 0;
  }

  private static void execute(String... arguments) {
    PrintStream out = System.out;
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    System.setOut(nowhere);
    try {
      CommandLine commandLine = Main.commandLine();
      commandLine.setOut(new PrintWriter(nowhere, false, StandardCharsets.UTF_8));
      commandLine.execute(arguments);
    } finally {
      System.setOut(out);
    }
  }
}
