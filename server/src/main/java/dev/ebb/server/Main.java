package dev.ebb.server;

import dev.ebb.cli.EbbCommand;
import dev.ebb.node.network.NetworkPool;
import dev.ebb.node.volumes.Volumes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import picocli.CommandLine;

/// The program `ebb`: the commands that run a server, beside those that talk to one.
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    CommandLine commandLine = EbbCommand.commandLine();
    EbbCommand.onReset(commandLine, Main::reset);
    commandLine.addSubcommand(new RunCommand());
    commandLine.addSubcommand(new UpCommand());
    commandLine.addSubcommand(new DoctorCommand());
    commandLine.addSubcommand(new TrainCommand());
    commandLine.addSubcommand(new TrainCommandsCommand());
    return EbbCommand.configured(commandLine);
  }

  private static void reset(Path dataDirectory, Path runDirectory) {
    NetworkPool.removeAll(dataDirectory, runDirectory);
    try {
      Volumes.unmountAll(dataDirectory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
