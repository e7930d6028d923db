package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

class CommandLineTest {
  @TempDir private Path directory = Path.of("");

  record Run(int exitCode, String out, String err) {}

  static Run run(String... arguments) {
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
    assertThat(run.err())
        .isEqualTo(
            "ebb: no Ebb server runs on %1$s. Start one with: ebb up --data-dir %1$s\n"
                .formatted(directory));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ls", "status", "stop"})
  void afterAServerThatWasKilledACommandSaysSo(String command) throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    record(ended.pid()).write();

    Run run = run(command, "--data-dir", directory.toString());

    assertThat(run.exitCode()).isEqualTo(CliException.UNREACHABLE);
    assertThat(run.out() + run.err())
        .contains("o Ebb server runs on %s: process %d ended".formatted(directory, ended.pid()))
        .contains("finds the instances that are left: ebb up --data-dir " + directory);
  }

  private ServerRecord record(long pid) {
    return new ServerRecord(
        pid,
        "0.1.0",
        "2026-01-01T00:00:00Z",
        "http://localhost:8080",
        8443,
        "https://127.0.0.1:6443",
        "http://127.0.0.1:8082",
        directory.resolve("api.sock"),
        directory.resolve("kubeconfig"),
        directory);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "``, a COMMAND is missing",
        "frobnicate, there is no command 'frobnicate'",
        "token frobnicate, there is no command 'frobnicate'",
        "ls hello, is one word too many",
        "ls --nonsense, Unknown option: '--nonsense'",
        "stop --timeout soon, is no whole number",
        "ls -o xml, `ebb: --output: 'xml' is none of text, json`",
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

  @Test
  void everyHelpFitsEightyColumnsAndNamesTheExitCodes() {
    for (CommandLine command : EbbCommand.commandLine().getSubcommands().values()) {
      String help = command.getUsageMessage(CommandLine.Help.Ansi.OFF);
      assertThat(help).as(command.getCommandName()).contains("Exit codes:");
      for (String line : command.getCommandSpec().usageMessage().footer()) {
        assertThat(line.length()).as(line).isLessThanOrEqualTo(80);
      }
    }
  }

  @Test
  void everyCommandKnowsItsVersion() {
    assertThat(run("ls", "--version").out()).startsWith("ebb " + VersionCommand.VERSION);
  }

  @Test
  void aWrongCommandLineIsToldInFewLines() {
    Run run = run("deploy", "x.py", "--concurrency", "many");

    assertThat(run.err().lines()).hasSize(2).last().isEqualTo("See: ebb deploy --help");
    assertThat(run.err()).startsWith("ebb: ");
  }

  @Test
  void anAtSignNamesTheFileOfTheBodyAndNoFileOfArguments() throws IOException {
    Path file = Files.writeString(directory.resolve("body"), "--include\nother");

    Run run = run("invoke", "x", "-d", "@" + file, "--data-dir", directory.toString());

    assertThat(run.exitCode()).isEqualTo(CliException.UNREACHABLE);
    assertThat(run.err()).contains("no Ebb server runs");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stop --timeout 0", "deploy x.py --wait 0", "logs x --tail -2"})
  void aNumberOutOfRangeIsAWrongCommandLine(String command) {
    Run run = run((command + " --data-dir " + directory).split(" ", -1));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("whole number of at least");
  }

  @Test
  void aManifestThatIsNoTextIsTold() throws IOException {
    Path file = Files.write(directory.resolve("a.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe});

    Run run = run("apply", "-f", file.toString(), "--data-dir", directory.toString());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo("ebb: cannot read %s: it is not text in UTF-8%n".formatted(file));
  }

  @Test
  void anEmptyManifestIsToldAndNotTakenForSuccess() throws IOException {
    Path file = Files.writeString(directory.resolve("a.yaml"), "# nothing\n---\n");

    Run run = run("apply", "-f", file.toString(), "--data-dir", directory.toString());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("there are no objects in " + file);
  }

  @Test
  void aFailureNobodyThoughtOfIsOneLineAndNoStackTrace() throws IOException {
    try (FakeApi api = FakeApi.start(directory, call -> new FakeApi.Answer(200, "not JSON"))) {
      Run run = run("ls", "--data-dir", directory.toString());

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err().lines()).noneMatch(line -> line.startsWith("\tat "));
      assertThat(api.calls).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "False, hello has written nothing; it is not ready (RevisionFailed). See: ebb describe hello -n a",
    "True, ''",
  })
  void anEmptyLogOfWhatIsNotReadyIsToldApart(String ready, String told) throws IOException {
    String service =
        "{'kind':'Service','metadata':{'name':'hello','generation':1},'status':"
            + "{'observedGeneration':1,'conditions':[{'type':'Ready','status':'%s','reason':'%s'}]}}"
                .formatted(ready, ready.equals("True") ? "" : "RevisionFailed");
    try (FakeApi api =
        FakeApi.start(
            directory,
            call -> {
              String target = call.target();
              if (target.contains("/functions/")) {
                return FakeApi.Answer.refused(404, "none");
              }
              return FakeApi.Answer.ok(target.contains("/log") ? "" : service);
            })) {
      Run run = run("logs", "hello", "-n", "a", "--data-dir", directory.toString());

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.err()).isEqualTo(told.isEmpty() ? "" : "ebb: " + told + "\n");
      assertThat(api.calls).hasSize(3);
    }
  }

  @Test
  void describeShowsWhatHappenedLately() throws IOException {
    try (FakeApi api =
        FakeApi.start(
            directory,
            call -> {
              String json =
                  switch (call.target().replaceFirst("[?].*", "").replaceFirst(".*/", "")) {
                    case "hello" -> "{'kind':'Service','metadata':{'name':'hello'},'spec':{}}";
                    case "revisions" -> "{'items':[{'metadata':{'name':'hello-00001'},'spec':{}}]}";
                    case "events" ->
                        """
                        {'items':[
                          {'metadata':{'name':'a'},'involvedObject':{'kind':'Pod','name':'hello-00001-deployment-1-2'},'reason':'Failed','message':'it fell\\nover','count':3},
                          {'metadata':{'name':'b'},'involvedObject':{'kind':'Pod','name':'other-00001-deployment-1-2'},'reason':'Strange','message':'no'}]}
                        """;
                    case "scaling" -> "{'revisions':[{'name':'hello-00001','reason':'idle'}]}";
                    default -> "{'items':[]}";
                  };
              return FakeApi.Answer.ok(json);
            })) {
      Run run = run("describe", "hello", "--data-dir", directory.toString());

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.out())
          .contains("Events:", "Failed", "it fell", "(x3)")
          .doesNotContain("Strange");
      assertThat(api.calls).isNotEmpty();

      Run json = run("describe", "hello", "-o", "json", "--data-dir", directory.toString());
      assertThat(new JsonMapper().readTree(json.out()).at("/scaling/0/reason").asString())
          .isEqualTo("idle");
    }
  }

  @ParameterizedTest
  @CsvSource({"True, none (scaled to zero)", "False, none", "Unknown, none"})
  void onlyWhatIsReadyIsScaledToZero(String ready, String instances) throws IOException {
    String service =
        "{'kind':'Service','metadata':{'name':'hello'},'spec':{},"
            + "'status':{'conditions':[{'type':'Ready','status':'"
            + ready
            + "'}]}}";
    try (FakeApi api =
        FakeApi.start(
            directory,
            call ->
                FakeApi.Answer.ok(
                    call.target().replaceFirst("[?].*", "").endsWith("/hello")
                        ? service
                        : "{'items':[]}"))) {
      Run run = run("describe", "hello", "--data-dir", directory.toString());

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.out().lines()).contains("Instances:  " + instances);
      assertThat(api.calls).isNotEmpty();
    }
  }
}
