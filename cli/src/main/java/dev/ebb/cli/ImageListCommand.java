package dev.ebb.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `ebb image ls`.
@Command(
    name = "ls",
    aliases = "list",
    description = "List the images that were pulled or loaded.",
    footer = {"", "Example: ebb image ls -o json"},
    mixinStandardHelpOptions = true)
final class ImageListCommand implements Callable<Integer> {
  private static final int DIGEST_CHARACTERS = "sha256:".length() + 12;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    JsonNode images = client.api().get(ImageCommand.PATH).path("images");
    if (output.json()) {
      OutputOption.print(out, images);
      return 0;
    }
    if (images.isEmpty()) {
      out.println("No images yet. Load one with: ebb image load FILE --name REF");
      out.flush();
      return 0;
    }
    Instant now = Instant.now();
    TextTable table = new TextTable("NAME", "DIGEST", "ORIGIN", "SIZE", "LAST USED");
    for (JsonNode image : images) {
      String digest = image.path("digest").asString("");
      table.row(
          image.path("name").asString(""),
          digest.substring(0, Math.min(DIGEST_CHARACTERS, digest.length())),
          image.path("origin").asString(""),
          ImageCommand.size(image.path("size").asLong(0)),
          Ages.age(Optional.of(Instant.parse(image.path("lastUsed").asString(""))), now));
    }
    table.print(out);
    return 0;
  }
}
