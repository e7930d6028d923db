package dev.ebb.cli;

import dev.ebb.kinds.KubernetesObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ebb logs`.
@Command(
    name = "logs",
    description =
        "Print what a function or service wrote, in all its instances, past ones included.",
    footer = {"", "Example: ebb logs hello -f --tail 20"},
    mixinStandardHelpOptions = true)
final class LogsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();

  @Parameters(paramLabel = "NAME", description = "The function or service.")
  private String name = "";

  @Option(
      names = {"-f", "--follow"},
      description = "Go on until Ctrl-C.")
  private boolean follow;

  @Option(
      names = "--tail",
      paramLabel = "LINES",
      defaultValue = "-1",
      description = "Only the last so many lines (default: all that is kept).")
  private int tail = -1;

  @Option(names = "--prefix", description = "The instance's name before each line.")
  private boolean prefix;

  @Option(names = "--timestamps", description = "The time before each line.")
  private boolean timestamps;

  @Override
  public Integer call() throws IOException {
    OptionChecks.atLeast(spec, "--tail", tail, -1);
    ApiClient api = client.api();
    Applications found = Applications.find(api, client.namespace(), name);
    if (found.service().isEmpty()) {
      throw new CliException(
          "function %s has not come so far as to have a log. See: ebb describe %s"
              .formatted(name, name));
    }
    String target =
        "%s/log?follow=%s&tailLines=%s&prefix=%s&timestamps=%s"
            .formatted(
                ResourcePath.services(client.namespace(), name).object(),
                follow,
                tail < 0 ? "" : Integer.toString(tail),
                prefix,
                timestamps);
    if (copy(api.stream(target), System.out) == 0) {
      tellWhy(found.main());
    }
    return 0;
  }

  /// An empty log of what cannot start looks like success. On standard error, for scripts read the
  /// log.
  private void tellWhy(KubernetesObject application) {
    Readiness readiness = Readiness.of(application);
    if (!readiness.ready()) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(
          "ebb: %s has written nothing; it is not ready (%s). See: ebb describe %s%s"
              .formatted(name, readiness.word(), name, client.namespaceOption()));
      err.flush();
    }
  }

  /// Byte for byte and at once, for a person who follows.
  ///
  /// @return how many bytes
  /// @throws OutputClosedException when nobody reads any more: a `PrintStream` does not say it
  static long copy(InputStream in, PrintStream out) throws IOException {
    long copied = 0;
    try (in) {
      byte[] buffer = new byte[8192];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
        copied += count;
        if (out.checkError()) {
          throw new OutputClosedException();
        }
      }
    }
    return copied;
  }
}
