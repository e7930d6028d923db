package dev.ebb.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.function.BiConsumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The root of the command line. The server adds its own commands to it.
@Command(
    name = "ebb",
    description =
        "A serverless platform on one machine: functions, the Knative API, scale to zero.",
    footer = {
      "",
      "Examples:",
      "  ebb run examples/python/hello.py     try a function; reload it on save",
      "  ebb up                               start the platform",
      "  ebb deploy hello.py                  deploy a function to it",
      "  ebb invoke hello -d World            call it",
      "  ebb load hello -c 50 -t 30           put load on it, and see it scale",
      "",
      "Environment: EBB_DATA_DIR (as --data-dir), EBB_JAVA_OPTIONS, NO_COLOR."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      StatusCommand.class,
      StopCommand.class,
      VersionCommand.class,
      ResetCommand.class,
      DeployCommand.class,
      InvokeCommand.class,
      LoadCommand.class,
      ListCommand.class,
      DescribeCommand.class,
      TopCommand.class,
      LogsCommand.class,
      DeleteCommand.class,
      RemoveCommand.class,
      ApplyCommand.class,
      ExportCommand.class,
      ApiResourcesCommand.class,
      ConfigCommand.class,
      TokenCommand.class,
      ImageCommand.class,
      AsyncCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.class)
public final class EbbCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /// The command line, ready to execute.
  public static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new EbbCommand());
    // `-d @FILE` is ours: picocli would read the command line's rest from the file.
    commandLine.setExpandAtFiles(false);
    return configured(commandLine);
  }

  /// Has `ebb reset` remove what the server's rooms left on the machine, when no instance runs any
  /// more and before its files go.
  ///
  /// @param removal gets the data directory and the run directory
  public static void onReset(CommandLine commandLine, BiConsumer<Path, Path> removal) {
    ResetCommand reset = requireNonNull(commandLine.getSubcommands().get("reset")).getCommand();
    reset.setRemoval(removal);
  }

  /// Gives every command the same manners; called again when commands were added.
  public static CommandLine configured(CommandLine commandLine) {
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.registerConverter(int.class, CommandLineReports::number);
    commandLine.registerConverter(Integer.class, CommandLineReports::number);
    commandLine.setExecutionExceptionHandler(CommandLineReports::failed);
    commandLine.setParameterExceptionHandler(CommandLineReports::wrongCommandLine);
    CommandLineReports.document(commandLine);
    return commandLine;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: a COMMAND is missing");
  }
}
