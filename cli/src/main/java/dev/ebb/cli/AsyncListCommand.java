package dev.ebb.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `ebb async ls`.
@Command(
    name = "ls",
    aliases = "list",
    description = {
      "List asynchronous calls and callbacks that are not done.",
      "They wait, are running, are delayed until their next attempt, or are dead: not tried again."
    },
    footer = {"", "Example: ebb async ls -A -o json"},
    mixinStandardHelpOptions = true)
final class AsyncListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Of all namespaces.")
  private boolean allNamespaces;

  @Option(names = "--function", paramLabel = "NAME", description = "Of one function.")
  private String function = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "500",
      description = "At most so many calls, 1 to 10000 (default: 500).")
  private int limit = 500;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    String namespace = allNamespaces ? "" : client.namespace();
    JsonNode answer;
    try {
      answer =
          client
              .api()
              .get(
                  AsyncCommand.target("", namespace, function, Optional.empty())
                      + "&limit="
                      + limit);
    } catch (ApiClient.Refused e) {
      throw AsyncCommand.failed(e);
    }
    if (output.json()) {
      OutputOption.print(out, answer);
      return 0;
    }
    print(out, answer);
    return 0;
  }

  private void print(PrintWriter out, JsonNode answer) {
    JsonNode calls = answer.path("calls");
    if (calls.isEmpty()) {
      out.println(
          allNamespaces
              ? "No asynchronous calls wait."
              : "No asynchronous calls wait in namespace %s. Those of all: ebb async ls -A"
                  .formatted(client.namespace()));
      out.flush();
      return;
    }
    Instant now = Instant.now();
    TextTable table = new TextTable("CALL", "FUNCTION", "STATE", "ATTEMPTS", "AGE", "LAST ERROR");
    for (JsonNode call : calls) {
      String kind = call.path("kind").asString("").equals("callback") ? " (callback)" : "";
      table.row(
          call.path("id").asString(""),
          call.path("function").asString("") + "." + call.path("namespace").asString("") + kind,
          call.path("state").asString(""),
          Integer.toString(call.path("attempts").asInt(0)),
          Ages.age(Optional.of(Instant.parse(call.path("acceptedAt").asString(""))), now),
          call.path("error").asString(""));
    }
    table.print(out);
    long all = 0;
    for (JsonNode queue : answer.path("queues")) {
      for (String state : new String[] {"waiting", "running", "delayed", "dead"}) {
        all += queue.path(state).asLong(0);
      }
    }
    if (all > calls.size()) {
      out.println(
          "These are the first %d of %s; more with --limit, and counts with -o json."
              .formatted(calls.size(), AsyncCommand.count(all)));
      out.flush();
    }
  }
}
