package dev.ebb.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `ebb image pull`.
@Command(
    name = "pull",
    description = "Pull an image that anybody may pull, so that its first start need not.",
    mixinStandardHelpOptions = true)
final class ImagePullCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();

  @Parameters(paramLabel = "REF", description = "The image, as in a manifest.")
  private String name = "";

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ApiClient api = client.api();
    String target = ImageCommand.PATH + "/pull?name=" + ResourcePath.encode(name);
    try {
      JsonNode image =
          Progress.during(
              spec.commandLine().getErr(),
              () -> "pulling " + name,
              () -> api.post(target, OutputOption.object()));
      out.println(
          "image %s pulled (%s)"
              .formatted(image.path("name").asString(""), image.path("digest").asString("")));
      out.flush();
      return 0;
    } catch (ApiClient.Refused e) {
      throw ImageCommand.failed(e);
    }
  }
}
