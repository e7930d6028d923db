package dev.ebb.cli;

import dev.ebb.cli.stack.OpenFaasClient;
import dev.ebb.cli.stack.StackFunction;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ebb remove`.
@Command(
    name = "remove",
    description = "Remove the functions of a stack.yml of OpenFaaS (others: ebb delete).",
    footer = {
      "",
      "Examples:",
      "  ebb remove -f stack.yml",
      "  ebb remove -f stack.yml --filter 'api-*'",
      "",
      "What is gone already is passed over."
    },
    mixinStandardHelpOptions = true)
final class RemoveCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private StackOptions stack = new StackOptions();

  @Override
  public Integer call() {
    if (!stack.given()) {
      throw new ParameterException(
          spec.commandLine(), "say which stack file: ebb remove -f stack.yml");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (OpenFaasClient gateway = stack.client(client)) {
      for (StackFunction function : stack.functions()) {
        boolean removed = gateway.remove(function.name(), function.namespace());
        out.println("function " + function.name() + (removed ? " removed" : " was not there"));
      }
    }
    return 0;
  }
}
