package dev.ebb.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.images.Digest;
import dev.ebb.images.TarWriter;
import dev.ebb.images.testing.FakeRegistry;
import dev.ebb.images.testing.Fault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `ebb image pull` from a registry that asks who one is, and one that is slow.
@ExtendWith(SharedPlatform.class)
class ImagePullTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int LAYER_BYTES = 3_000_000;

  private final Platform platform;
  private final FakeRegistry registry = new FakeRegistry();
  private String image = "";
  private String digest = "";

  ImagePullTest(SharedPlatform.Shared shared) {
    platform = shared.platform();
  }

  @BeforeEach
  void push() throws IOException {
    byte[] content = new byte[LAYER_BYTES];
    new Random().nextBytes(content); // Another layer for each test: none is here before.
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    TarWriter.write(Map.of("hello", content), archive);
    ByteArrayOutputStream layer = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(layer)) {
      gzip.write(archive.toByteArray());
    }
    String config =
        """
        {"architecture":"%s","os":"linux","rootfs":{"type":"layers","diff_ids":["%s"]}}\
        """
            .formatted(
                System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : "amd64",
                Digest.of(archive.toByteArray()));
    digest = registry.image("team/hello", "v1", config, layer.toByteArray());
    image = registry.host() + "/team/hello:v1";
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void whoAsksIsToldByOptionsOrByALogin() {
    registry.requireBasic("anne", "geheim");

    Command.Result nobody = pull("");
    assertThat(nobody.exitCode()).isEqualTo(1);
    assertThat(nobody.err()).contains("pull access denied");
    Command.Result wrong = pull("falsch", "--username", "anne", "--password-stdin");
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(wrong.err()).contains("anne").doesNotContain("falsch");

    assertThat(pull("geheim\n", "-u", "anne", "--password-stdin").orFail().out())
        .isEqualTo("image %s pulled (%s)\n".formatted(image, digest));

    platform.write(
        "auth.json",
        "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}"
            .formatted(
                registry.host(),
                Base64.getEncoder().encodeToString("anne:geheim".getBytes(UTF_8))));
    assertThat(pull("", "--authfile", "auth.json").orFail().out()).contains(digest);
    assertThat(pull("", "-u", "anne").exitCode()).as("a password is missing").isEqualTo(2);
  }

  @Test
  void howFarItIsIsToldAsDocuments() {
    String[] lines = pull("", "-o", "json").orFail().out().split("\n", -1);
    JsonNode end = JSON.readTree(lines[lines.length - 2]);
    assertThat(end.path("name").asString("")).isEqualTo(image);
    assertThat(end.path("digest").asString("")).isEqualTo(digest);
    assertThat(end.path("bytes").asLong(0)).isGreaterThan(LAYER_BYTES);
  }

  @Test
  void whatWasInterruptedGoesOn() throws InterruptedException {
    registry.fail("/blobs/", 1, new Fault.NoRanges()); // The configuration comes whole.
    registry.fail("/blobs/", 1, new Fault.Stall(2_000_000));
    Process first = platform.ebb("image", "pull", image, "-o", "json").start();
    try {
      Awaitility.await("the layer is on its way")
          .until(() -> first.inputReader().readLine().contains("\"pulling\""));
    } finally {
      first.destroy();
      first.waitFor();
    }

    String second = pull("", "-o", "json").orFail().out();

    assertThat(second).contains(digest);
    assertThat(registry.requests())
        .as("the rest was asked for, from where the first ended")
        .anySatisfy(request -> assertThat(request.range()).matches("bytes=[1-9][0-9]*-"));
  }

  private Command.Result pull(String input, String... options) {
    return platform.ebb("image", "pull", image).with(options).run(input);
  }
}
