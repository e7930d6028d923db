package dev.ebb.apiserver.pods;

import dev.ebb.apiserver.Exchange;
import dev.ebb.apiserver.SubresourceRoute;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.ObjectKey;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// `pods/NAME/attach`: as [Exec], but with the streams of a container's first process.
public final class Attach {
  private final PodAttachments attachments;

  public Attach(PodAttachments attachments) {
    this.attachments = attachments;
  }

  public SubresourceRoute route() {
    return new SubresourceRoute(
        "",
        "v1",
        "pods",
        "attach",
        Optional.of(new GroupVersionKind("", "v1", "PodAttachOptions")),
        List.of("create", "get"),
        this::handle);
  }

  private void handle(ObjectKey pod, Exchange exchange) throws IOException {
    ExecOptions options = ExecOptions.ofAttach(exchange);
    attachments.checkAttach(pod, options.container());
    CommandUpgrade.serve(
        exchange,
        new CommandRun(
            () -> attachments.attach(pod, options.container(), options.stdin()),
            options,
            "error attaching to container: "));
  }
}
