package dev.ebb.cli;

import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ebb async`.
@Command(
    name = "async",
    description = "List asynchronous calls, and retry or drop those that failed for good.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AsyncListCommand.class,
      AsyncShowCommand.class,
      AsyncRetryCommand.class,
      AsyncDropCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  curl -d hi http://localhost:8080/async-function/hello",
      "  ebb async ls -A",
      "  ebb async show CALL-ID",
      "  ebb async retry --all --function hello"
    },
    mixinStandardHelpOptions = true)
final class AsyncCommand implements Runnable {
  private static final String PATH = "/ebb/async";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: ebb async ls, show, retry or drop");
  }

  /// @param action what follows the path, `/retry`; empty for none
  /// @param namespace empty for all
  /// @param function empty for all
  /// @param id empty for all
  static String target(String action, String namespace, String function, Optional<String> id) {
    return PATH
        + action
        + "?namespace="
        + ResourcePath.encode(namespace)
        + "&function="
        + ResourcePath.encode(function)
        + id.map(it -> "&id=" + ResourcePath.encode(it)).orElse("");
  }

  static CliException failed(ApiClient.Refused refused) {
    return refused.code() == 404
        ? new CliException(refused.getMessage() + ". See: ebb async ls -A")
        : new CliException(String.valueOf(refused.getMessage()));
  }

  /// `1 call`, `2 calls`.
  static String count(long count) {
    return count + (count == 1 ? " call" : " calls");
  }
}
