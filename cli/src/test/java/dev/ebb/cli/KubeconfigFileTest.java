package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class KubeconfigFileTest {
  private static final String EBB =
      """
      {apiVersion: v1, kind: Config, current-context: ebb,
       clusters: [{name: ebb, cluster: {server: 'https://127.0.0.1:6443', certificate-authority-data: Q0E=}}],
       users: [{name: ebb, user: {token: secret}}],
       contexts: [{name: ebb, context: {cluster: ebb, user: ebb, namespace: default}}]}
      """;

  private static final String OTHERS =
      """
      apiVersion: v1
      kind: Config
      current-context: work
      preferences: {colors: true}
      extensions: [{name: x, extension: {z: 1}}]
      clusters:
      - {name: work, cluster: {server: 'https://work', proxy-url: 'http://p'}}
      - {name: ebb, cluster: {server: 'https://old', insecure-skip-tls-verify: true, unknown: kept}}
      users:
      - {name: work, user: {exec: {command: aws, args: [a, b]}}}
      - {name: ebb, user: {client-certificate-data: old}}
      contexts:
      - {name: work, context: {cluster: work, user: work}}
      - {name: ebb, context: {cluster: old, user: old, namespace: mine}}
      """;

  @TempDir private Path directory = Path.of("");

  @Test
  void whatIsOthersStaysAsItIs() {
    ObjectNode merged = merge(OTHERS, false);
    assertThat(KubeconfigFile.text(merged))
        .isEqualTo(
            """
            apiVersion: v1
            clusters:
            - cluster:
                proxy-url: http://p
                server: https://work
              name: work
            - cluster:
                certificate-authority-data: Q0E=
                server: https://127.0.0.1:6443
                unknown: kept
              name: ebb
            contexts:
            - context:
                cluster: work
                user: work
              name: work
            - context:
                cluster: ebb
                namespace: mine
                user: ebb
              name: ebb
            current-context: work
            extensions:
            - extension:
                z: 1
              name: x
            kind: Config
            preferences:
              colors: true
            users:
            - name: work
              user:
                exec:
                  args:
                  - a
                  - b
                  command: aws
            - name: ebb
              user:
                token: secret
            """);
    assertThat(merge(KubeconfigFile.text(merged), false)).isEqualTo(merged);
  }

  @Test
  void theCurrentContextChangesWhenAskedOrWhereNoneIs() {
    assertThat(merge(OTHERS, true).path("current-context").asString()).isEqualTo("ebb");
    assertThat(merge("", false).path("current-context").asString()).isEqualTo("ebb");
    assertThat(merge("{current-context: ''}", false).path("current-context").asString())
        .isEqualTo("ebb");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# only a comment\n", "{clusters: null, users: null}"})
  void whatIsEmptyBecomesAWholeKubeconfig(String text) {
    ObjectNode merged = merge(text, false);
    assertThat(merged).isEqualTo(KubeconfigFile.parse("ebb", EBB));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1]", "text", "a: b\n---\nc: d", "a: [", "\t- x"})
  void whatIsNoKubeconfigIsRefused(String text) {
    assertThatThrownBy(() -> KubeconfigFile.parse("/home/me/config", text))
        .isInstanceOf(CliException.class)
        .hasMessageStartingWith("/home/me/config");
  }

  @Test
  void aTokenTakesThePlaceOfTheAdministrators() {
    ObjectNode config = KubeconfigFile.withToken(KubeconfigFile.parse("ebb", EBB), "t", "shop");
    assertThat(config.at("/users/0/user")).hasToString("{\"token\":\"t\"}");
    assertThat(config.at("/contexts/0/context/namespace").asString()).isEqualTo("shop");
    assertThat(config.toString()).doesNotContain("secret");
  }

  @Test
  void theFileIsChosenAsKubectlDoes() throws Exception {
    Path a = directory.resolve("a");
    Path b = directory.resolve("b");
    Path home = directory.resolve("home");
    assertThat(ConfigKubeconfigCommand.target(Map.of("HOME", home.toString())))
        .isEqualTo(home.resolve(".kube/config"));
    assertThatThrownBy(() -> ConfigKubeconfigCommand.target(Map.of()))
        .hasMessageContaining("neither KUBECONFIG nor HOME is set");
    Map<String, String> both = Map.of("KUBECONFIG", a + ":" + b);
    assertThat(ConfigKubeconfigCommand.target(both)).isEqualTo(b);
    Files.createFile(a);
    assertThat(ConfigKubeconfigCommand.target(both)).isEqualTo(a);
  }

  @Test
  void aFileIsReplacedAtOnceForItsOwnerOnly() throws Exception {
    Path real = Files.writeString(directory.resolve("real"), "old");
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);
    try (KubeconfigLock lock = KubeconfigLock.take(link)) {
      assertThatThrownBy(() -> KubeconfigLock.take(link))
          .isInstanceOf(CliException.class)
          .hasMessageContaining("is being written by another program");
      lock.write("new");
    }
    assertThat(link).isSymbolicLink();
    assertThat(real).hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
        .isEqualTo("rw-------");
    try (var files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("real", "link");
    }
  }

  private static ObjectNode merge(String text, boolean current) {
    return KubeconfigFile.merge(
        KubeconfigFile.parse("mine", text), KubeconfigFile.parse("ebb", EBB), current);
  }
}
