package dev.ebb.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `ebb config kubeconfig`.
@Command(
    name = "kubeconfig",
    description = "Print the administrator's kubeconfig, or merge it into kubectl's own.",
    footer = {
      "",
      "Examples:",
      "  ebb config kubeconfig > ebb.yaml          a file for kubectl --kubeconfig",
      "  ebb config kubeconfig --merge             into $KUBECONFIG or ~/.kube/config",
      "  kubectl --context ebb get ksvc",
      "",
      "Merging replaces the cluster, the user and the context named ebb, and nothing",
      "else, in one step. The current context changes with --use only, or where there",
      "is none. For somebody who is not to be the administrator: ebb token create NAME",
      "--role view -o kubeconfig."
    },
    mixinStandardHelpOptions = true)
final class ConfigKubeconfigCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();

  @Option(names = "--merge", description = "Write into $KUBECONFIG, else ~/.kube/config.")
  private boolean merge;

  @Option(names = "--use", description = "With --merge: make ebb the current context.")
  private boolean use;

  @Override
  public Integer call() throws IOException {
    Path own = client.server().kubeconfig();
    String text;
    try {
      text = Files.readString(own);
    } catch (IOException e) {
      throw FileErrors.cannotRead(own, e);
    }
    ObjectNode ebb = KubeconfigFile.parse(own.toString(), text);
    PrintWriter out = spec.commandLine().getOut();
    if (merge) {
      merge(out, ebb, target(System.getenv()));
    } else {
      out.print(KubeconfigFile.text(ebb));
    }
    out.flush();
    return 0;
  }

  private void merge(PrintWriter out, ObjectNode ebb, Path target) throws IOException {
    try (KubeconfigLock lock = KubeconfigLock.take(target)) {
      ObjectNode before =
          KubeconfigFile.parse(
              target.toString(), Files.exists(target) ? Files.readString(target) : "");
      ObjectNode after = KubeconfigFile.merge(before, ebb, use);
      String current = after.path("current-context").asString("");
      if (after.equals(before)) {
        out.println("%s has the context ebb already; nothing was changed.".formatted(target));
      } else {
        lock.write(KubeconfigFile.text(after));
        out.println("Merged the cluster, the user and the context ebb into " + target + ".");
      }
      out.println(
          current.equals(KubeconfigFile.NAME)
              ? "It is the current context: kubectl get ksvc"
              : "The current context is still %s. Use: kubectl --context ebb get ksvc"
                  .formatted(current));
    }
  }

  /// As kubectl: of the files in KUBECONFIG the first that is there, else the last.
  static Path target(Map<String, String> environment) {
    Path[] named =
        Stream.of(environment.getOrDefault("KUBECONFIG", "").split(":"))
            .filter(name -> !name.isEmpty())
            .map(Path::of)
            .toArray(Path[]::new);
    for (Path file : named) {
      if (Files.exists(file)) {
        return file;
      }
    }
    if (named.length > 0) {
      return named[named.length - 1];
    }
    // Not Java's user.home: it comes from the password file, and kubectl's from HOME.
    String home = environment.getOrDefault("HOME", "");
    if (home.isEmpty()) {
      throw new CliException("neither KUBECONFIG nor HOME is set: set one of them");
    }
    return Path.of(home, ".kube/config");
  }
}
