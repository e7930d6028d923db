package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {
  @TempDir private Path directory = Path.of("");

  private record Run(int exitCode, String out, String err) {}

  private static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine = EbbCommand.commandLine();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    int exitCode = commandLine.execute(arguments);
    return new Run(exitCode, out.toString(), err.toString());
  }

  @Test
  void everyCommandHasHelpWithADescription() {
    for (CommandLine command : EbbCommand.commandLine().getSubcommands().values()) {
      assertThat(command.getCommandSpec().usageMessage().description())
          .as(command.getCommandName())
          .isNotEmpty();
      assertThat(command.getUsageMessage()).contains("Usage: ebb " + command.getCommandName());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ls", "stop", "delete x", "logs x", "describe x", "invoke x"})
  void withoutAServerACommandSaysHowToStartOne(String command) {
    Run run = run((command + " --data-dir " + directory).split(" "));

    assertThat(run.exitCode()).isEqualTo(CliException.UNREACHABLE);
    assertThat(run.err()).contains("no Ebb server runs on " + directory, "ebb up");
  }

  @ParameterizedTest
  @CsvSource({
    "'', a COMMAND is missing",
    "frobnicate, frobnicate",
    "invoke, NAME",
    "apply, --filename"
  })
  void aWrongCommandLineIsExitCodeTwoWithUsage(String command, String message) {
    Run run = run(command.isEmpty() ? new String[0] : command.split(" "));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(message);
  }

  @Test
  void resetRefusesADirectoryThatIsNotEbbs() {
    Run run = run("reset", "--yes", "--data-dir", directory.toString());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("no data directory of Ebb");
    assertThat(directory).exists();
  }

  @Test
  void completionCoversTheCommands() {
    assertThat(run("completion").out()).contains("complete", "deploy", "invoke");
  }

  @Test
  void statusIsJsonWhenAskedFor() {
    Run run = run("status", "-o", "json", "--data-dir", directory.toString());

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.out()).contains("\"running\" : false");
  }
}
