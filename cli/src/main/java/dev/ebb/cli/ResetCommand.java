package dev.ebb.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `ebb reset`.
@Command(
    name = "reset",
    description =
        "Remove everything that Ebb keeps on this machine: all functions, services and logs.",
    footer = {
      "",
      "The server must be stopped. Instances that a killed server left are ended.",
      "Without --yes it only says what it would do.",
      "",
      "Example: ebb reset --yes"
    },
    mixinStandardHelpOptions = true)
final class ResetCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();

  @Option(names = "--yes", description = "Really remove it.")
  private boolean yes;

  /// What the server's rooms left on the machine: given a data directory and its run directory.
  private BiConsumer<Path, Path> removal = (data, run) -> {};

  void setRemoval(BiConsumer<Path, Path> value) {
    removal = value;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Path directory = client.dataDirectory();
    if (!Files.exists(directory)) {
      out.println("Nothing to remove: there is no " + directory);
      return 0;
    }
    if (!Files.isRegularFile(directory.resolve("version"))) {
      throw new CliException(
          "%s has no file `version`, so it is no data directory of Ebb. Nothing was removed."
              .formatted(directory));
    }
    if (ServerRecord.read(directory).filter(ServerRecord::alive).isPresent()) {
      throw new CliException("a server runs on %s. Stop it first: ebb stop".formatted(directory));
    }
    LeftInstances left = LeftInstances.find(directory);
    if (!yes) {
      out.println("This would remove " + directory + " with all functions, services and logs.");
      for (LeftInstances.Instance instance : left.instances()) {
        out.println(
            "It would end instance %s, process %d, which a killed server left running."
                .formatted(instance.id(), instance.pid()));
      }
      out.println("To do it: ebb reset --yes");
      return CliException.FAILED;
    }
    left.end();
    Path runDirectory = DataDirectories.runDirectory(directory);
    removal.accept(directory, runDirectory);
    Trees.remove(runDirectory);
    Trees.remove(directory);
    int ended = left.instances().size();
    out.println(
        "Removed "
            + directory
            + (ended == 0 ? "" : ", and ended " + ended + " instances of a killed server"));
    return 0;
  }
}
