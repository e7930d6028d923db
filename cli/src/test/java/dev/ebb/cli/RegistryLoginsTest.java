package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryLoginsTest {
  @TempDir private Path directory;

  /// Each row has one file more, which is looked for earlier.
  @ParameterizedTest
  @CsvSource({
    "home/.docker/config.json",
    "docker/config.json",
    "home/.config/containers/auth.json",
    "config/containers/auth.json",
    "runtime/containers/auth.json",
    "auth.json"
  })
  void theFirstFileThatIsThereCounts(String name) throws IOException {
    for (String file :
        new String[] {
          "home/.docker/config.json",
          "docker/config.json",
          "home/.config/containers/auth.json",
          "config/containers/auth.json",
          "runtime/containers/auth.json",
          "auth.json"
        }) {
      Path path = directory.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, "{}");
      if (file.equals(name)) {
        break;
      }
    }
    Map<String, String> environment =
        Map.of(
            "HOME",
            directory + "/home",
            "DOCKER_CONFIG",
            directory + "/docker",
            "XDG_CONFIG_HOME",
            directory + "/config",
            "XDG_RUNTIME_DIR",
            directory + "/runtime",
            "REGISTRY_AUTH_FILE",
            directory + "/auth.json");
    assertThat(RegistryLogins.find(environment)).contains(directory.resolve(name));
    assertThat(RegistryLogins.find(Map.of())).isEmpty();
  }

  @Test
  void entriesThatSayNothingAreLeftOut() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("config.json"),
            """
            {"auths": {"https://index.docker.io/v1/": {}, "ghcr.io": {"auth": "YTpi"},
             "quay.io": {"identitytoken": "t"}}}
            """);
    assertThat(RegistryLogins.read(file, "busybox", Map.of()))
        .hasToString(
            "{\"auths\":{\"ghcr.io\":{\"auth\":\"YTpi\"},\"quay.io\":{\"identitytoken\":\"t\"}}}");
  }

  @Test
  void whatIsNoConfigurationIsToldWithoutItsText() throws IOException {
    Path file = Files.writeString(directory.resolve("config.json"), "secret");
    assertThatThrownBy(() -> RegistryLogins.read(file, "busybox", Map.of()))
        .isInstanceOf(CliException.class)
        .hasMessage(file + " is not JSON");
    assertThatThrownBy(() -> RegistryLogins.read(directory.resolve("none"), "busybox", Map.of()))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("there is no such file");
  }
}
