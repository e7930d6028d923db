package dev.ebb.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `ebb image gc`.
@Command(
    name = "gc",
    description =
        "Free the space of what nothing names any more, as the server does every ten minutes: images"
            + " of other registries, and of the own one what has neither a tag nor a namespace.",
    footer = {"", "Example: ebb image gc"},
    mixinStandardHelpOptions = true)
final class ImageCollectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = "--all",
      description =
          "Also delete all pulled images that nothing uses, however young, and of the own registry what"
              + " is older than an hour (default: those unused for 30 days).")
  private boolean all;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      JsonNode report =
          client.api().post(ImageCommand.PATH + "/gc?all=" + all, OutputOption.object());
      if (output.json()) {
        OutputOption.print(out, report);
        return 0;
      }
      report
          .path("images")
          .forEach(image -> out.println("image " + image.asString("") + " deleted"));
      out.println(ImageCommand.size(report.path("bytes").asLong(0)) + " freed");
      out.flush();
      return 0;
    } catch (ApiClient.Refused e) {
      throw ImageCommand.failed(e);
    }
  }
}
