package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

/// The help of the whole program, which people read in terminals of eighty columns.
final class CommandHelpTest {
  @Test
  void noLineIsBrokenTwice() {
    for (CommandLine command : all(Main.commandLine())) {
      var spec = command.getCommandSpec();
      assertThat(spec.usageMessage().footer())
          .as(spec.qualifiedName())
          .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
      for (ArgSpec argument : spec.args()) {
        assertThat(argument.description())
            .as(spec.qualifiedName() + " " + argument.paramLabel())
            .hasSizeLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void everyCommandShowsAnExampleOfItself() {
    for (CommandLine command : all(Main.commandLine())) {
      var spec = command.getCommandSpec();
      if (!spec.usageMessage().hidden() && !spec.name().equals("help")) {
        assertThat(command.getUsageMessage(CommandLine.Help.Ansi.OFF))
            .as(spec.qualifiedName())
            .containsPattern("(?s)Examples?:.*" + spec.qualifiedName());
      }
    }
  }

  private static List<CommandLine> all(CommandLine root) {
    List<CommandLine> all = new ArrayList<>(List.of(root));
    root.getSubcommands().values().forEach(command -> all.addAll(all(command)));
    return all;
  }
}
