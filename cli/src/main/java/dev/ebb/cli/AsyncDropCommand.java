package dev.ebb.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `ebb async drop`.
@Command(
    name = "drop",
    description = "Forget dead asynchronous calls, or one by its id that is not running.",
    footer = {
      "",
      "Examples:",
      "  ebb async drop 6e4a0bd1-7f0e-4d7b-9a25-0c5f1f7ad8f3",
      "  ebb async drop --all -n openfaas-fn --function hello"
    },
    mixinStandardHelpOptions = true)
final class AsyncDropCommand implements Callable<Integer> {
  @Mixin private AsyncSelection selection = new AsyncSelection();

  @Override
  public Integer call() {
    return selection.run("", "dropped", ApiClient::delete);
  }
}
