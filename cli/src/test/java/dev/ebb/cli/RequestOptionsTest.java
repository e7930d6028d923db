package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class RequestOptionsTest {
  @TempDir private Path directory;

  @Command
  private static final class Asked {
    @Mixin private RequestOptions request = new RequestOptions();
  }

  private static RequestOptions of(String... arguments) {
    Asked asked = new Asked();
    new CommandLine(asked).setExpandAtFiles(false).parseArgs(arguments); // as ebb has it
    return asked.request;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''             | GET    | ''",
        "-d hé          | POST   | hé",
        "-d -           | POST   | from standard input",
        "-d @FILE       | POST   | from the file",
        "-d x -X PUT    | PUT    | x",
        "-X DELETE      | DELETE | ''",
      })
  void aBodyMakesAPost(String arguments, String method, String body) throws IOException {
    Path file = Files.writeString(directory.resolve("body"), "from the file");
    RequestOptions request =
        arguments.isEmpty() ? of() : of(arguments.replace("FILE", file.toString()).split(" "));
    var stdin = new ByteArrayInputStream("from standard input".getBytes(StandardCharsets.UTF_8));
    assertThat(request.method()).isEqualTo(method);
    assertThat(request.body(stdin)).asString(StandardCharsets.UTF_8).isEqualTo(body);
  }

  @Test
  void aFileThatIsNotThereIsTold() {
    assertThatThrownBy(() -> of("-d", "@/none").body(System.in))
        .isInstanceOf(CliException.class)
        .hasMessage("cannot read /none: there is no such file");
  }

  @Test
  void aHeaderCountsOnceWhateverItsCase() {
    assertThat(of("-H", "user-agent: mine", "-H", "A:b:c", "-H", "a: d").headers())
        .hasToString("{A=d, User-Agent=mine}");
    assertThat(of().headers().get("User-Agent")).startsWith("ebb/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no colon here", ": no name"})
  void aHeaderHasANameAndAColon(String header) {
    assertThatThrownBy(() -> of("-H", header).headers())
        .isInstanceOf(CliException.class)
        .hasMessage("the header '%s' is not of the form 'NAME: VALUE'".formatted(header));
  }
}
