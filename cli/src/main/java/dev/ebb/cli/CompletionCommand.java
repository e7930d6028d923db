package dev.ebb.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `ebb completion`.
@Command(
    name = "completion",
    description = "Print a completion script for bash and zsh.",
    footer = {"", "Example: source <(ebb completion)"},
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash("ebb", spec.root().commandLine()));
    out.println();
    out.flush();
  }
}
