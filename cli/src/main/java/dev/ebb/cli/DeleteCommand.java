package dev.ebb.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ebb delete`.
@Command(
    name = "delete",
    description = "Delete functions or services, with their revisions and instances.",
    footer = {"", "Example: ebb delete hello"},
    mixinStandardHelpOptions = true)
final class DeleteCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();

  @Parameters(paramLabel = "NAME", arity = "1..*", description = "What to delete.")
  private List<String> names = List.of();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ApiClient api = client.api();
    for (String name : names) {
      Applications.find(api, client.namespace(), name); // All names are right, or nothing is done.
    }
    for (String name : names) {
      ResourcePath function = ResourcePath.functions(client.namespace(), name);
      ResourcePath service = ResourcePath.services(client.namespace(), name);
      if (api.find(function).isPresent()) {
        api.delete(function);
        out.println("function " + name + " deleted");
      } else if (api.find(service).isPresent()) {
        api.delete(service);
        out.println("service " + name + " deleted");
      } else {
        throw Applications.missing(client.namespace(), name);
      }
    }
    return 0;
  }
}
