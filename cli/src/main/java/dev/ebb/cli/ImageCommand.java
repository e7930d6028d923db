package dev.ebb.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ebb image`.
@Command(
    name = "image",
    description = "Load, list and remove the images of containers on this machine.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ImageLoadCommand.class,
      ImagePullCommand.class,
      ImageListCommand.class,
      ImageRemoveCommand.class,
      ImageCollectCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  buildah push hello oci-archive:hello.tar",
      "  ebb image load hello.tar --name example.com/hello:v1",
      "  docker save hello | ebb image load -",
      "  ebb image ls"
    },
    mixinStandardHelpOptions = true)
final class ImageCommand implements Runnable {
  static final String PATH = "/ebb/images";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: ebb image load, pull, ls, rm or gc");
  }

  /// The refusals of the server are written for people already.
  static CliException failed(ApiClient.Refused refused) {
    return new CliException(String.valueOf(refused.getMessage()));
  }

  /// As people read it: `12.5 MB`.
  static String size(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double size = bytes;
    int unit = -1;
    while (size >= 999.5 && unit < 3) {
      size /= 1000;
      unit++;
    }
    return String.format(
        java.util.Locale.ROOT, size < 10 ? "%.1f %sB" : "%.0f %sB", size, "kMGT".charAt(unit));
  }
}
