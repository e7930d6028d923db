package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryHelpersTest {
  @TempDir private Path directory;

  /// Knows two registries, as its `Username` it tells what it was asked and how it is called.
  private static final String HELPER =
      """
      #!/bin/sh
      server=$(cat)
      case "$1 $server" in
      'get token.io') echo '{"ServerURL": "token.io", "Username": "<token>", "Secret": "t"}' ;;
      'get none.io') echo 'credentials not found in native keychain'; exit 1 ;;
      'get locked.io') echo 'the keychain is locked'; exit 1 ;;
      'get broken.io') echo 'secret'; exit 0 ;;
      'get empty.io') echo '{}' ;;
      'get silent.io') exit 7 ;;
      'get err.io') echo 'no bus' >&2; exit 1 ;;
      'get slow.io') sleep 600 ;;
      'get long.io') printf '%60000s{"Username": "u", "Secret": "s"}' '' ;;
      get*) echo "{\\"Username\\": \\"${0##*-} $server\\", \\"Secret\\": \\"s\\"}" ;;
      *) exit 9 ;;
      esac
      """;

  @BeforeEach
  void helpers() throws IOException {
    for (String name : new String[] {"one", "two"}) {
      Path helper = Files.writeString(directory.resolve("docker-credential-" + name), HELPER);
      assertThat(helper.toFile().setExecutable(true)).isTrue();
    }
  }

  private Map<String, String> environment() {
    return Map.of("PATH", "/nowhere:" + directory + ":" + System.getenv("PATH"));
  }

  private String read(String image) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("config.json"),
            """
            {"auths": {"none.io": {"auth": "YTpi"}, "ghcr.io": {}},
             "credsStore": "one",
             "credHelpers": {"quay.io": "two", "docker.io": "two", "missing.io": "missing",
               "bad.io": "../one", "plain.io": ""}}
            """);
    return RegistryLogins.read(file, image, environment())
        .toString()
        .replace("\"none.io\":{\"auth\":\"YTpi\"},", "")
        .replace("\"none.io\":{\"auth\":\"YTpi\"}", "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ghcr.io/a/b:v1 | ghcr.io | {\"username\":\"one ghcr.io\",\"password\":\"s\"}",
        "quay.io/a | quay.io | {\"username\":\"two quay.io\",\"password\":\"s\"}",
        "localhost:5000/a | localhost:5000 | {\"username\":\"one localhost:5000\",\"password\":\"s\"}",
        "busybox | https://index.docker.io/v1/ | {\"username\":\"two https://index.docker.io/v1/\",\"password\":\"s\"}",
        "a/b | https://index.docker.io/v1/ | {\"username\":\"two https://index.docker.io/v1/\",\"password\":\"s\"}",
        "token.io/a | token.io | {\"identitytoken\":\"t\"}"
      })
  void theHelperOfTheImagesRegistryIsAsked(String image, String server, String login)
      throws IOException {
    assertThat(read(image)).isEqualTo("{\"auths\":{\"%s\":%s}}".formatted(server, login));
  }

  @RepeatedTest(20)
  void anAnswerStillBeingReadWhenItEndsIsReadToItsEnd() throws IOException {
    assertThat(read("long.io/a"))
        .isEqualTo("{\"auths\":{\"long.io\":{\"username\":\"u\",\"password\":\"s\"}}}");
  }

  @Test
  void whatTheHelperDoesNotKnowTheFileMay() throws IOException {
    assertThat(read("none.io/a")).isEqualTo("{\"auths\":{}}");
    Path file = directory.resolve("config.json");
    assertThat(RegistryLogins.read(file, "none.io/a", environment()))
        .hasToString("{\"auths\":{\"none.io\":{\"auth\":\"YTpi\"}}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "locked.io/a | docker-credential-one: the keychain is locked",
        "broken.io/a | docker-credential-one: its answer is not JSON",
        "empty.io/a | docker-credential-one: its answer has no Username or no Secret",
        "silent.io/a | docker-credential-one: exit code 7",
        "err.io/a | docker-credential-one: no bus",
        "missing.io/a | there is no program docker-credential-missing in PATH, which the logins name for missing.io; install it, or name another file with --authfile",
        "bad.io/a | \"../one\" cannot be the name of a credential helper"
      })
  void aHelperThatFailsIsTold(String image, String told) {
    assertThatThrownBy(() -> read(image)).isInstanceOf(CliException.class).hasMessage(told);
  }

  @Test
  void aHelperThatDoesNotAnswerIsEnded() {
    String path = environment().getOrDefault("PATH", "");
    var helper = new CredentialHelper("one", path, Duration.ofMillis(50));
    assertThatThrownBy(() -> helper.get("slow.io"))
        .isInstanceOf(CliException.class)
        .hasMessage("docker-credential-one: no answer within 50 ms");
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList())
        .noneMatch(child -> child.info().commandLine().orElse("").contains("docker-credential"));
  }
}
