package dev.ebb.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ebb image rm`.
@Command(
    name = "rm",
    aliases = "remove",
    description = "Forget the names of images; what is in use goes when it no longer is.",
    footer = {"", "Example: ebb image rm example.com/hello:v1"},
    mixinStandardHelpOptions = true)
final class ImageRemoveCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();

  @Parameters(paramLabel = "REF", arity = "1..*", description = "The names.")
  private List<String> names = List.of();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ApiClient api = client.api();
    for (String name : names) {
      try {
        api.delete(ImageCommand.PATH + "?name=" + ResourcePath.encode(name));
        out.println("image " + name + " removed");
        out.flush();
      } catch (ApiClient.Refused e) {
        throw e.code() == 404
            ? new CliException(e.getMessage() + ". See: ebb image ls")
            : ImageCommand.failed(e);
      }
    }
    return 0;
  }
}
