package dev.ebb.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `ebb stop`.
@Command(
    name = "stop",
    description =
        "Stop the server: requests in flight are finished, then instances and server end.",
    footer = {"", "Example: ebb stop --timeout 60"},
    mixinStandardHelpOptions = true)
final class StopCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait until it has ended (default: 60).")
  private int timeoutSeconds = 60;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    OptionChecks.atLeast(spec, "--timeout", timeoutSeconds, 1);
    ServerRecord server = client.server();
    ProcessHandle process =
        ProcessHandle.of(server.pid())
            .orElseThrow(() -> new CliException("the server has just ended"));
    out.println("Stopping Ebb, process " + server.pid() + " ...");
    out.flush();
    if (!process.destroy()) {
      throw new CliException(
          "may not stop process %d: it belongs to another user".formatted(server.pid()));
    }
    try {
      process.onExit().get(timeoutSeconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new CliException(
          "process %d still drains after %d s. Wait longer, or end it at once with: kill -9 %d"
              .formatted(server.pid(), timeoutSeconds, server.pid()));
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    out.println("Stopped.");
    return 0;
  }
}
