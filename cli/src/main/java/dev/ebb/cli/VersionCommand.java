package dev.ebb.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `ebb version`.
@Command(
    name = "version",
    description = "Print the version of this program and of its Java.",
    footer = {"", "Example: ebb version"},
    mixinStandardHelpOptions = true)
public final class VersionCommand implements Runnable, IVersionProvider {
  /// The version of this build; the build's test holds it against the pom.
  public static final String VERSION = "0.1.0";

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private OutputOption output = new OutputOption();

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    if (output.json()) {
      ObjectNode json = OutputOption.object();
      json.put("version", VERSION).put("java", Runtime.version().toString());
      OutputOption.print(out, json);
    } else {
      out.println(getVersion()[0]);
    }
  }

  @Override
  public String[] getVersion() {
    return new String[] {"ebb " + VERSION + " (Java " + Runtime.version() + ")"};
  }
}
