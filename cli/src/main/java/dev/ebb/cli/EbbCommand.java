package dev.ebb.cli;

import java.io.PrintWriter;
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
      "  ebb run examples/python/hello.py     try a function: deploy, invoke, follow its log, reload on save",
      "  ebb up                               start the platform",
      "  ebb deploy hello.py                  deploy a function to it",
      "  ebb invoke hello -d World            call it",
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
      ListCommand.class,
      DescribeCommand.class,
      LogsCommand.class,
      DeleteCommand.class,
      ApplyCommand.class,
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
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setExecutionExceptionHandler(EbbCommand::report);
    return commandLine;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: a COMMAND is missing");
  }

  private static int report(
      Exception failure, CommandLine commandLine, CommandLine.ParseResult parsed) throws Exception {
    PrintWriter err = commandLine.getErr();
    if (failure instanceof CliException told) {
      err.println("ebb: " + told.getMessage());
      return told.exitCode();
    }
    if (failure instanceof ApiClient.Refused refused) {
      err.println("ebb: " + refused.getMessage());
      return CliException.FAILED;
    }
    throw failure;
  }
}
