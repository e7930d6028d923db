package dev.ebb.images.containers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.images.distribution.ImageException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageConfigTest {
  @Test
  void everyFieldIsRead() {
    var config =
        parse(
            """
            {"architecture":"arm64","variant":"v8","os":"linux","created":"2026-01-01T00:00:00Z",
             "config":{"User":"1000:1000","ExposedPorts":{"8080/tcp":{},"53/udp":{}},
               "Env":["PATH=/bin","EMPTY=","A=b=c"],"Entrypoint":["/app","--"],"Cmd":["serve"],
               "Volumes":{"/data":{}},"WorkingDir":"/srv","Labels":{"b":"2","a":"1"},
               "StopSignal":"SIGQUIT","Healthcheck":{"Test":["NONE"]}},
             "rootfs":{"type":"layers","diff_ids":["sha256:1","sha256:2"]},"history":[]}
            """);

    assertThat(config)
        .isEqualTo(
            new ImageConfig(
                "arm64",
                "linux",
                "v8",
                List.of("/app", "--"),
                List.of("serve"),
                List.of("PATH=/bin", "EMPTY=", "A=b=c"),
                "/srv",
                "1000:1000",
                Set.of("53/udp", "8080/tcp"),
                Set.of("/data"),
                "SIGQUIT",
                Map.of("a", "1", "b", "2"),
                List.of("sha256:1", "sha256:2")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null},\"config\":null}",
        "{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"Env\":null,\"Volumes\":null,\"Cmd\":null}}",
        "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}",
      })
  void whatIsLeftOutOrNullIsEmpty(String json) {
    var config = parse(json);

    assertThat(config.entrypoint()).isEmpty();
    assertThat(config.command()).isEmpty();
    assertThat(config.environment()).isEmpty();
    assertThat(config.user()).isEmpty();
    assertThat(config.volumes()).isEmpty();
    assertThat(config.diffIds()).isEmpty();
  }

  @Test
  void aCommandThatIsOneTextIsAListOfOne() {
    var config =
        parse("{\"config\":{\"Cmd\":\"run it\"},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}");

    assertThat(config.command()).containsExactly("run it");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"rootfs\":",
        "{}",
        "{\"rootfs\":{\"type\":\"zip\",\"diff_ids\":[]}}",
        "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[1]}}",
        "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":\"sha256:1\"}}",
        "{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"Env\":[{}]}}",
        "{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"User\":0}}",
        "{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"Volumes\":[\"/data\"]}}",
        "{\"rootfs\":{\"type\":\"layers\"},\"config\":{\"Labels\":{\"a\":1}}}",
      })
  void whatIsNoConfigurationIsInvalid(String json) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOfSatisfying(
            ImageException.class,
            e -> assertThat(e.reason()).isEqualTo(ImageException.Reason.INVALID));
  }

  private static ImageConfig parse(String json) {
    return ImageConfig.parse(json.getBytes(UTF_8));
  }
}
