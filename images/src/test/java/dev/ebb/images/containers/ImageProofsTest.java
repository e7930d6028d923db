package dev.ebb.images.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.images.distribution.Credential;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.PullCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageProofsTest {
  private static final ImageReference IMAGE =
      ImageReference.parse("example.com/team/app@sha256:" + "a".repeat(64));
  private static final Credential ANNE = new Credential("anne", "geheim");
  private static final Credential BEN = new Credential("ben", "geheim");

  @TempDir Path directory;
  private ImageProofs proofs;

  @BeforeEach
  void open() throws IOException {
    proofs = new ImageProofs(directory);
  }

  @Test
  void whoHasNotShownACredentialHasNoProof() {
    assertThat(proofs.has(IMAGE, of(ANNE))).isFalse();
    proofs.add(IMAGE, Optional.of(ANNE));

    assertThat(proofs.has(IMAGE, of(ANNE))).isTrue();
    assertThat(proofs.has(IMAGE, of(BEN))).isFalse();
    assertThat(proofs.has(IMAGE, PullCredentials.none())).isFalse();
    assertThat(proofs.has(IMAGE, of(BEN).and(of(ANNE)))).isTrue();
    // The same characters, otherwise divided.
    assertThat(proofs.has(IMAGE, of(new Credential("anneg", "eheim")))).isFalse();
    var other = ImageReference.parse("example.com/team/other@" + IMAGE.digest().orElseThrow());
    assertThat(proofs.has(other, of(ANNE))).isFalse();
    assertThat(proofs.has(IMAGE.withDigest("sha256:" + "b".repeat(64)), of(ANNE))).isFalse();
  }

  @Test
  void whatAnybodyMayHaveIsForAll() {
    proofs.add(IMAGE, Optional.empty());
    assertThat(proofs.has(IMAGE, PullCredentials.none())).isTrue();
    assertThat(proofs.has(IMAGE, of(BEN))).isTrue();
  }

  @Test
  void proofsOutliveTheServerAndNameNoSecret() throws IOException {
    proofs.add(IMAGE, Optional.of(ANNE));
    open();
    assertThat(proofs.has(IMAGE, of(ANNE))).isTrue();
    assertThat(proofs.has(IMAGE, of(BEN))).isFalse();
    try (var files = Files.newDirectoryStream(directory.resolve("proofs"), "[!.]*")) {
      for (var file : files) {
        assertThat(Files.readString(file)).contains("sha256:").doesNotContain("anne", "geheim");
      }
    }
    var key = Files.getPosixFilePermissions(directory.resolve("proofs/.key"));
    assertThat(PosixFilePermissions.toString(key)).isEqualTo("rw-------");
  }

  @Test
  void whatIsDamagedProvesNothing() throws IOException {
    proofs.add(IMAGE, Optional.of(ANNE));
    try (var files = Files.newDirectoryStream(directory.resolve("proofs"), "[!.]*")) {
      for (var file : files) {
        Files.writeString(file, "");
        Files.copy(file, file.resolveSibling(".half"));
      }
    }
    open();
    assertThat(proofs.has(IMAGE, of(ANNE))).isFalse();
    assertThat(directory.resolve("proofs")).isDirectoryNotContaining("glob:**.half");

    proofs.add(IMAGE, Optional.of(ANNE));
    Files.writeString(directory.resolve("proofs/.key"), "short");
    open();
    assertThat(proofs.has(IMAGE, of(ANNE))).as("hashed with a lost key").isFalse();
  }

  @Test
  void theOldestOfManyCredentialsIsForgotten() {
    for (int one = 0; one < 65; one++) {
      proofs.add(IMAGE, Optional.of(new Credential("user-" + one, "")));
    }
    assertThat(proofs.has(IMAGE, of(new Credential("user-0", "")))).isFalse();
    assertThat(proofs.has(IMAGE, of(new Credential("user-1", "")))).isTrue();
    assertThat(proofs.has(IMAGE, of(new Credential("user-64", "")))).isTrue();
  }

  @Test
  void proofsGoWithTheirImages() throws IOException {
    proofs.add(IMAGE, Optional.empty());
    proofs.retain(IMAGE.digest().orElseThrow()::equals);
    assertThat(proofs.has(IMAGE, PullCredentials.none())).isTrue();
    proofs.retain(digest -> false);
    assertThat(proofs.has(IMAGE, PullCredentials.none())).isFalse();
    open();
    assertThat(proofs.has(IMAGE, PullCredentials.none())).isFalse();
  }

  private static PullCredentials of(Credential credential) {
    return PullCredentials.ofSecret(
        "kubernetes.io/dockerconfigjson",
        Map.of(
            ".dockerconfigjson",
            "{\"auths\":{\"elsewhere.example\":{\"username\":\"%s\",\"password\":\"%s\"}}}"
                .formatted(credential.username(), credential.password())
                .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }
}
