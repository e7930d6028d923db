package dev.ebb.server;

import dev.ebb.cli.CliException;
import dev.ebb.cli.OutputOption;
import dev.ebb.node.sandbox.SandboxReport;
import dev.ebb.node.sandbox.SandboxReport.Check;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `ebb doctor`.
@Command(
    name = "doctor",
    description =
        "Tell whether this machine can run containers, what is missing and how to get it.",
    footer = {"", "The exit code is 1 when something that containers need is missing."},
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private OutputOption output = new OutputOption();

  @Override
  public Integer call() {
    SandboxReport report = SandboxReport.look();
    PrintWriter out = spec.commandLine().getOut();
    if (output.json()) {
      OutputOption.print(out, json(report));
    } else {
      print(out, report);
    }
    out.flush();
    return report.containers() ? 0 : CliException.FAILED;
  }

  static void print(PrintWriter out, SandboxReport report) {
    out.printf("%-17s%-9s%s%n", "NAME", "STATUS", "FOUND");
    for (Check check : report.checks()) {
      out.printf("%-17s%-9s%s%n", check.name(), status(check), check.found());
      if (!check.cure().isEmpty()) {
        out.printf("%26s-> %s%n", "", check.cure());
      }
    }
    out.println();
    out.println(
        report.containers()
            ? "This machine can run containers."
            : "This machine cannot run containers; functions run as plain processes.");
  }

  static ObjectNode json(SandboxReport report) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("containers", report.containers());
    var checks = json.putArray("checks");
    for (Check check : report.checks()) {
      checks
          .addObject()
          .put("name", check.name())
          .put("status", status(check))
          .put("found", check.found())
          .put("cure", check.cure());
    }
    return json;
  }

  private static String status(Check check) {
    return check.status().name().toLowerCase(Locale.ROOT);
  }
}
