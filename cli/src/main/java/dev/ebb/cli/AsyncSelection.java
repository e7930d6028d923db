package dev.ebb.cli;

import java.io.PrintWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// Which asynchronous calls a command is for: one by its id, or all dead ones of a namespace.
final class AsyncSelection {
  /// Asks the server to do it.
  interface Request {
    JsonNode send(ApiClient api, String target);
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Parameters(
      paramLabel = "CALL-ID",
      arity = "0..1",
      description = "Its X-Call-Id, in any namespace.")
  private @Nullable String call;

  @Option(names = "--all", description = "All dead ones of the namespace.")
  private boolean all;

  @Option(names = "--function", paramLabel = "NAME", description = "With --all: of one function.")
  private String function = "";

  /// @param action what follows the path, `/retry`; empty for none
  /// @param done what has become of them, in words that follow their number
  /// @throws ParameterException when both or neither are named
  /// @throws CliException when the server refuses
  int run(String action, String done, Request request) {
    Optional<String> id = Optional.ofNullable(call);
    if (id.isPresent() == all) {
      throw new ParameterException(spec.commandLine(), "name a CALL-ID, or say --all");
    }
    if (id.isPresent() && !function.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--function goes with --all; a CALL-ID needs no function");
    }
    String target =
        AsyncCommand.target(action, all ? client.namespace() : "", function, id)
            + (all ? "&all=true" : "");
    JsonNode answer;
    try {
      answer = request.send(client.api(), target);
    } catch (ApiClient.Refused e) {
      throw AsyncCommand.failed(e);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (output.json()) {
      OutputOption.print(out, answer);
    } else {
      out.println(AsyncCommand.count(answer.path("count").asLong(0)) + " " + done);
      out.flush();
    }
    return 0;
  }
}
