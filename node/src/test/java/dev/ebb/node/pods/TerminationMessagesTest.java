package dev.ebb.node.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.Container.TerminationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminationMessagesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "said and failed          | last words | 3 |       | false | last words",
        "said and done            | last words | 0 |       | false | last words",
        "said goes before the log | last words | 3 | true  | true  | last words",
        "a Pod without a word     | ''         | 3 |       | false | ''",
        "a service without a word | ''         | 3 |       | true  | the log",
        "a service that says File | ''         | 3 | false | true  | ''",
        "a Pod that falls back    | ''         | 3 | true  | false | the log",
        "done without a word      | ''         | 0 | true  | true  | ''",
      })
  void fileThenPolicy(
      String which, String said, int code, Boolean orLog, boolean served, String message)
      throws IOException {
    var asked = new TerminationMessage("/dev/termination-log", Optional.ofNullable(orLog));
    Path file = directory.resolve("message");
    TerminationMessages.make(file, asked);
    Files.writeString(file, said);
    assertThat(TerminationMessages.read(file, asked, served, code, () -> "the log"))
        .as(which)
        .isEqualTo(message);
  }

  @Test
  void ofTooManyWordsTheLastCount() throws IOException {
    Path file = directory.resolve("message");
    TerminationMessages.make(file, TerminationMessage.DEFAULT);
    Files.writeString(file, "a".repeat(5000) + "b".repeat(4096));
    assertThat(TerminationMessages.read(file, TerminationMessage.DEFAULT, false, 1, () -> ""))
        .isEqualTo("b".repeat(4096));
  }
}
