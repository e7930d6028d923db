package dev.ebb.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ebb config`.
@Command(
    name = "config",
    description = "Configure other programs for this server.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = ConfigKubeconfigCommand.class,
    footer = {"", "Example: ebb config kubeconfig --merge"},
    mixinStandardHelpOptions = true)
final class ConfigCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: ebb config kubeconfig");
  }
}
