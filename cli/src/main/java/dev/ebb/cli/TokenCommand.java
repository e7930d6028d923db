package dev.ebb.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ebb token`.
@Command(
    name = "token",
    description = "Make tokens with which programs and people use the API.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = TokenCreateCommand.class,
    footer = {"", "Example: ebb token create ci --role edit"},
    mixinStandardHelpOptions = true)
final class TokenCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: ebb token create NAME");
  }
}
