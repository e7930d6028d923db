package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `ebb image`, with an image that buildah built.
@ExtendWith(SharedPlatform.class)
class ImageCommandsTest {
  private static final String BUILD =
      """
      set -eu
      buildah() {
        command buildah --root "$PWD/buildah" --runroot "$PWD/buildah-run" --storage-driver vfs "$@"
      }
      echo hello > hello
      container=$(buildah from scratch)
      buildah copy -q "$container" hello /hello
      buildah config --cmd '["/hello"]' "$container"
      buildah commit -q "$container" localhost/hello:v1
      buildah push -q localhost/hello:v1 oci-archive:hello.tar:localhost/hello:v1
      buildah push -q localhost/hello:v1 docker-archive:docker.tar:localhost/hello:v1
      gzip docker.tar
      buildah rm "$container"
      """;

  private final Platform platform;

  ImageCommandsTest(SharedPlatform.Shared shared) {
    platform = shared.platform();
  }

  @Test
  void anImageIsLoadedListedAndRemoved() {
    platform.write("build-image.sh", BUILD);
    platform.command("sh", "build-image.sh").run().orFail();

    assertThat(image("load", "hello.tar").orFail().out())
        .startsWith("image localhost/hello:v1 loaded (sha256:");
    assertThat(image("load", "hello.tar", "--name", "example.com/other:v2").orFail().out())
        .startsWith("image example.com/other:v2 loaded (sha256:");
    assertThat(
            platform
                .command(
                    "sh",
                    "-c",
                    "\"$0\" image load - --data-dir \"$1\" --name example.com/piped < docker.tar.gz",
                    platform.ebb().words().getFirst(),
                    platform.dataDirectory().toString())
                .run()
                .orFail()
                .out())
        .startsWith("image example.com/piped:latest loaded (sha256:");

    assertThat(image("ls").orFail().out())
        .contains("NAME ", "DIGEST ", "ORIGIN ", "SIZE ", "LAST USED")
        .containsPattern("localhost/hello:v1 +sha256:[0-9a-f]{12} +loaded +[0-9.]+ [kM]?B")
        .contains("example.com/other:v2", "example.com/piped:latest");
    assertThat(image("ls", "-o", "json").orFail().out()).contains("\"localhost/hello:v1\"");

    assertThat(image("rm", "localhost/hello:v1", "example.com/other:v2").orFail().out())
        .isEqualTo("image localhost/hello:v1 removed\nimage example.com/other:v2 removed\n");
    assertThat(image("gc", "--all").orFail().out()).contains("freed");
    assertThat(image("ls").orFail().out())
        .contains("example.com/piped")
        .doesNotContain("localhost/hello");
    image("rm", "example.com/piped").orFail();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rm nothing | 1 | image \"docker.io/library/nothing:latest\" not found",
        "rm Wrong:Name: | 1 | invalid reference format",
        "load no-such-file | 1 | cannot read no-such-file: there is no such file",
        "load no-image | 1 | this is no archive of an image",
        "load . | 1 | is a directory",
        "pull localhost:1/hello | 1 | localhost:1",
        "load | 2 | Missing required parameter",
        "load no-image --name UPPER | 1 | repository name must be lowercase",
        "sing | 2 | sing",
      })
  void whatCannotBeDoneIsTold(String words, int exitCode, String message) {
    platform.write("no-image", "hello");

    var result = image(words.split(" "));

    assertThat(result.exitCode()).as(result.toString()).isEqualTo(exitCode);
    assertThat(result.err()).contains(message);
    assertThat(result.out()).isEmpty();
  }

  private Command.Result image(String... words) {
    return platform.ebb("image").with(words).run();
  }
}
