package dev.ebb.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `ebb async show`.
@Command(
    name = "show",
    description = "Show one asynchronous call: its request, and why it failed.",
    footer = {"", "Example: ebb async show 6e4a0bd1-7f0e-4d7b-9a25-0c5f1f7ad8f3"},
    mixinStandardHelpOptions = true)
final class AsyncShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Parameters(paramLabel = "CALL-ID", description = "Its X-Call-Id, in any namespace.")
  private String id = "";

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    JsonNode call;
    try {
      call = client.api().get(AsyncCommand.target("", "", "", Optional.of(id)));
    } catch (ApiClient.Refused e) {
      throw AsyncCommand.failed(e);
    }
    if (output.json()) {
      OutputOption.print(out, call);
      return 0;
    }
    line(out, "Call", call.path("id"));
    line(out, "Function", call.path("function").asString("") + "." + text(call, "namespace"));
    line(out, "Queue", call.path("queue"));
    line(out, "State", call.path("state"));
    line(out, "Accepted", call.path("acceptedAt"));
    line(out, "Attempts", call.path("attempts"));
    line(out, "Next", call.path("notBefore"));
    line(out, "Last error", call.path("error"));
    line(out, "Given up", call.path("death").path("at"));
    line(out, "Request", call.path("request"));
    line(out, "Callback", call.path("callbackUrl"));
    for (Map.Entry<String, JsonNode> header : call.path("headers").properties()) {
      header
          .getValue()
          .forEach(value -> out.println("  " + header.getKey() + ": " + value.asString("")));
    }
    line(out, "Body", ImageCommand.size(call.path("bytes").asLong(0)));
    String body = text(call, "body");
    if (!body.isEmpty()) {
      out.println(body);
    }
    out.flush();
    return 0;
  }

  private static String text(JsonNode call, String field) {
    return call.path(field).asString("");
  }

  private static void line(PrintWriter out, String name, JsonNode value) {
    line(out, name, value.asString(""));
  }

  private static void line(PrintWriter out, String name, String value) {
    if (!value.isEmpty()) {
      out.println("%-12s %s".formatted(name + ":", value));
    }
  }
}
