package dev.ebb.cli;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

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
  @Spec private CommandSpec spec = CommandSpec.create();
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

  @Override
  public Integer call() {
    Optional<String> id = Optional.ofNullable(call);
    if (id.isPresent() == all) {
      throw new ParameterException(spec.commandLine(), "name a CALL-ID, or say --all");
    }
    String namespace = all ? client.namespace() : "";
    JsonNode answer;
    try {
      answer =
          client
              .api()
              .post(
                  AsyncCommand.target("/retry", namespace, function, id) + all(),
                  OutputOption.object());
    } catch (ApiClient.Refused e) {
      throw AsyncCommand.failed(e);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (output.json()) {
      OutputOption.print(out, answer);
      return 0;
    }
    out.println(AsyncCommand.count(answer.path("count").asLong(0)) + " again in the queue");
    out.flush();
    return 0;
  }

  private String all() {
    return all ? "&all=true" : "";
  }
}
