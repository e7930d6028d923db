package dev.ebb.server;

import dev.ebb.cli.EbbCommand;
import picocli.CommandLine;

/// The program `ebb`: the commands that run a server, beside those that talk to one.
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    CommandLine commandLine = EbbCommand.commandLine();
    EbbCommand.onReset(commandLine, ServerRemains::remove);
    commandLine.addSubcommand(new RunCommand());
    commandLine.addSubcommand(new UpCommand());
    commandLine.addSubcommand(new DoctorCommand());
    commandLine.addSubcommand(new TrainCommand());
    commandLine.addSubcommand(new TrainCommandsCommand());
    return EbbCommand.configured(commandLine);
  }
}
