package dev.ebb.images.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageReferenceTest {
  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

  @ParameterizedTest
  @CsvSource({
    "nginx, docker.io, library/nginx, latest",
    "nginx:1.27, docker.io, library/nginx, 1.27",
    "bitnami/redis, docker.io, bitnami/redis, latest",
    "docker.io/nginx, docker.io, library/nginx, latest",
    "index.docker.io/library/nginx, docker.io, library/nginx, latest",
    "ghcr.io/knative/helloworld-go, ghcr.io, knative/helloworld-go, latest",
    "GHCR.io/a/b, ghcr.io, a/b, latest",
    "localhost/a, localhost, a, latest",
    "localhost:5000/a, localhost:5000, a, latest",
    "localhost:5000, docker.io, library/localhost, 5000",
    "127.0.0.1:6443/a/b/c:v1, 127.0.0.1:6443, a/b/c, v1",
    "[::1]:5000/a, [::1]:5000, a, latest",
    "registry.ebb.dev/team/hello:v2, registry.ebb.dev, team/hello, v2",
    "a.b/c__d/e-f--g/h.i:_x-Y.z, a.b, c__d/e-f--g/h.i, _x-Y.z",
  })
  void whatPeopleLeaveOutIsFilledIn(String text, String host, String repository, String tag) {
    var image = ImageReference.parse(text);

    assertThat(image.host()).isEqualTo(host);
    assertThat(image.repository()).isEqualTo(repository);
    assertThat(image.tag()).hasValue(tag);
    assertThat(image.digest()).isEmpty();
    assertThat(ImageReference.parse(image.toString())).isEqualTo(image);
  }

  @Test
  void aDigestSaysWhichImageAndNeedsNoTag() {
    var image = ImageReference.parse("nginx@" + DIGEST);
    var both = ImageReference.parse("a.b:1/c:v1@" + DIGEST);

    assertThat(image).hasToString("docker.io/library/nginx@" + DIGEST);
    assertThat(image.version()).isEqualTo(DIGEST);
    assertThat(both).hasToString("a.b:1/c:v1@" + DIGEST);
    assertThat(both.version()).isEqualTo(DIGEST);
    assertThat(both.withDigest(DIGEST)).hasToString("a.b:1/c@" + DIGEST);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "\"\", it has no name",
        ":v1, it has no name",
        "Nginx, repository name must be lowercase",
        "a.b/C, repository name must be lowercase",
        "a.b/, '' in its repository",
        "/etc/passwd, '' in its repository",
        "a.b/../c, '..' in its repository",
        "a.b/c/../d, '..' in its repository",
        "a.b/c//d, '' in its repository",
        "a.b/c%2e, 'c%2e' in its repository",
        "a.b/c?x=1, 'c?x=1' in its repository",
        "a.b/c..d, 'c..d' in its repository",
        "a.b/c___d, 'c___d' in its repository",
        "-a, '-a' in its repository",
        "\"a b\", 'a b' in its repository",
        "http://a.b/c, 'http:' is not a host",
        "user@a.b/c, its digest is not 'sha256:'",
        "a_b.c:1/d, 'a_b.c:1' is not a host",
        "a.b:99999/c, its port is not between",
        "a.b:0/c, its port is not between",
        "a.b:x/c, 'a.b:x' is not a host",
        "a:, its tag is not",
        "a:.b, its tag is not",
        "a:b:c, 'a:b' in its repository",
        "a@, its digest is not",
        "a@sha256:12, its digest is not",
        "a@sha512:12, its digest is not",
        "a@md5:d41d8cd98f00b204e9800998ecf8427e, its digest is not",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, an image's id",
      })
  void whatIsNoReferenceIsRefusedWithTheReason(String text, String why) {
    assertThatThrownBy(() -> ImageReference.parse(text))
        .isInstanceOfSatisfying(
            ImageException.class,
            e -> assertThat(e.reason()).isEqualTo(ImageException.Reason.INVALID))
        .hasMessageStartingWith("couldn't parse image name \"" + text + "\": ")
        .hasMessageContaining(why);
  }

  @Test
  void lengthsAreBounded() {
    assertThat(ImageReference.parse("a.b/" + "c".repeat(255)).repository()).hasSize(255);
    assertThatThrownBy(() -> ImageReference.parse("a.b/" + "c".repeat(256)))
        .hasMessageContaining("longer than 255");
    assertThat(ImageReference.parse("a:" + "c".repeat(128)).tag().orElseThrow()).hasSize(128);
    assertThatThrownBy(() -> ImageReference.parse("a:" + "c".repeat(129)))
        .hasMessageContaining("its tag");
    assertThatThrownBy(() -> ImageReference.parse("-".repeat(1 << 20)))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1000));
  }
}
