package dev.ebb.server;

import dev.ebb.cli.ApiClient;
import dev.ebb.cli.CliException;
import dev.ebb.cli.ClientOptions;
import dev.ebb.cli.OutputOption;
import dev.ebb.cli.ServerRecord;
import dev.ebb.node.network.NetworkCheck;
import dev.ebb.node.sandbox.SandboxReport;
import dev.ebb.node.sandbox.SandboxReport.Check;
import dev.ebb.node.sandbox.SandboxReport.Status;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `ebb doctor`.
@Command(
    name = "doctor",
    description =
        "Tell whether this machine can run containers, what is missing and how to get it; and what"
            + " is in force in a server that runs here.",
    footer = {
      "",
      "The exit code is 1 when something that containers need is missing, on the",
      "machine or in the server. A warning says what would be better.",
      "",
      "Example: ebb doctor"
    },
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ClientOptions client = new ClientOptions();

  @Mixin private OutputOption output = new OutputOption();

  /// What a server says of itself.
  record OfServer(ServerRecord server, List<Check> checks) {}

  @Override
  public Integer call() {
    SandboxReport report = withFirewall(SandboxReport.look(""));
    Optional<OfServer> server =
        ServerRecord.read(client.dataDirectory())
            .filter(ServerRecord::alive)
            .map(DoctorCommand::ask);
    PrintWriter out = spec.commandLine().getOut();
    if (output.json()) {
      OutputOption.print(out, json(report, server));
    } else {
      print(out, report, server);
    }
    out.flush();
    boolean well =
        report.containers()
            && server.stream()
                .flatMap(it -> it.checks().stream())
                .noneMatch(it -> it.status() == Status.MISSING);
    return well ? 0 : CliException.FAILED;
  }

  private static SandboxReport withFirewall(SandboxReport report) {
    List<Check> checks = new ArrayList<>(report.checks());
    if (NetworkCheck.missing().isEmpty()) {
      List<String> warnings = NetworkCheck.warnings();
      checks.add(
          warnings.isEmpty()
              ? new Check("forwarding", Status.OK, "no firewall is in the way of instances", "")
              : new Check(
                  "forwarding",
                  Status.WARNING,
                  String.join("; ", warnings),
                  "iptables -I FORWARD -i eb+ -j ACCEPT; iptables -I FORWARD -o eb+ -j ACCEPT"));
    }
    return new SandboxReport(checks, report.runtime());
  }

  private static OfServer ask(ServerRecord server) {
    List<Check> checks = new ArrayList<>();
    try {
      for (JsonNode one : new ApiClient(server.apiSocket()).get("/ebb/doctor").path("checks")) {
        checks.add(
            new Check(
                one.path("name").asString(""),
                Status.valueOf(one.path("status").asString("").toUpperCase(Locale.ROOT)),
                one.path("found").asString(""),
                one.path("cure").asString("")));
      }
    } catch (CliException | ApiClient.Refused e) {
      checks.add(
          new Check(
              "answer", Status.MISSING, String.valueOf(e.getMessage()), "see its log: ebb.log"));
    }
    return new OfServer(server, checks);
  }

  static void print(PrintWriter out, SandboxReport report, Optional<OfServer> server) {
    print(out, report.checks());
    out.println();
    out.println(
        report.containers()
            ? "This machine can run containers."
            : "This machine cannot run containers; functions run as plain processes.");
    server.ifPresent(it -> {
      out.println();
      out.println("The server on " + it.server().dataDirectory() + ":");
      print(out, it.checks());
    });
  }

  private static void print(PrintWriter out, List<Check> checks) {
    out.printf("%-17s%-9s%s%n", "NAME", "STATUS", "FOUND");
    for (Check check : checks) {
      out.printf("%-17s%-9s%s%n", check.name(), status(check), check.found());
      if (!check.cure().isEmpty()) {
        out.printf("%26s-> %s%n", "", check.cure());
      }
    }
  }

  static ObjectNode json(SandboxReport report, Optional<OfServer> server) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("containers", report.containers());
    write(json.putArray("checks"), report.checks());
    server.ifPresent(it -> {
      ObjectNode own = json.putObject("server");
      own.put("dataDirectory", it.server().dataDirectory().toString())
          .put("version", it.server().version());
      write(own.putArray("checks"), it.checks());
    });
    return json;
  }

  static void write(ArrayNode to, List<Check> checks) {
    for (Check check : checks) {
      to.addObject()
          .put("name", check.name())
          .put("status", status(check))
          .put("found", check.found())
          .put("cure", check.cure());
    }
  }

  private static String status(Check check) {
    return check.status().name().toLowerCase(Locale.ROOT);
  }
}
