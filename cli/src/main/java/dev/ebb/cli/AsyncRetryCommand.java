package dev.ebb.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `ebb async retry`.
@Command(
    name = "retry",
    description = "Make dead asynchronous calls again, as if they were new.",
    footer = {
      "",
      "Examples:",
      "  ebb async retry 6e4a0bd1-7f0e-4d7b-9a25-0c5f1f7ad8f3",
      "  ebb async retry --all -n openfaas-fn --function hello"
    },
    mixinStandardHelpOptions = true)
final class AsyncRetryCommand implements Callable<Integer> {
  @Mixin private AsyncSelection selection = new AsyncSelection();

  @Override
  public Integer call() {
    return selection.run(
        "/retry", "again in the queue", (api, target) -> api.post(target, OutputOption.object()));
  }
}
