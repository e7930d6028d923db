package dev.ebb.apiserver.pods;

import dev.ebb.apiserver.Exchange;
import dev.ebb.apiserver.SubresourceRoute;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.ObjectKey;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// `pods/NAME/exec`: a command in a container, with its streams over one connection.
public final class Exec {
  private final PodCommands commands;

  public Exec(PodCommands commands) {
    this.commands = commands;
  }

  public SubresourceRoute route() {
    return new SubresourceRoute(
        "",
        "v1",
        "pods",
        "exec",
        Optional.of(new GroupVersionKind("", "v1", "PodExecOptions")),
        List.of("create", "get"),
        this::handle);
  }

  private void handle(ObjectKey pod, Exchange exchange) throws IOException {
    ExecOptions options = ExecOptions.of(exchange);
    commands.check(pod, options.container());
    CommandUpgrade.serve(
        exchange,
        new CommandRun(
            () -> commands.start(pod, options.container(), options.command(), options.tty()),
            options,
            "error executing command in container: "));
  }
}
