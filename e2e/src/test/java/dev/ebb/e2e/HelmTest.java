package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// The life of a release: a chart with a Knative Service, what belongs to it, and a kind of its
/// own.
@ExtendWith(SharedPlatform.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HelmTest {
  private static final Path CHART = ClientLibraryTest.resource("chart");
  private static final String NAMESPACE = "helm";

  private static Platform platform;
  private static String image;

  @BeforeAll
  static void platform(SharedPlatform.Shared shared) {
    LookAlikes.needRoot(); // for the hook's Job
    platform = shared.platform();
    LookAlikes.busybox(platform);
    image = shared.image();
  }

  private static Command.Result helm(String... words) {
    return platform.tool("helm", "--namespace", NAMESPACE).with(words).run();
  }

  private static String kubectl(String... words) {
    return platform.kubectl("--namespace", NAMESPACE).with(words).run().orFail().out();
  }

  private static String call() {
    platform
        .kubectl("-n", NAMESPACE, "wait", "ksvc/hello", "--for=condition=Ready", "--timeout=60s")
        .run()
        .orFail();
    String host = "Host: hello.%s.localhost".formatted(NAMESPACE);
    return platform.curl("--header", host, platform.gateway()).run().orFail().out();
  }

  private static String[] release(String verb, String... options) {
    return Stream.concat(
            Stream.of(verb, "hello", CHART.toString(), "--set", "image=" + image),
            Stream.of(options))
        .toArray(String[]::new);
  }

  @Test
  @Order(1)
  void installMakesAllThatTheChartCarries() {
    Command.Result install =
        helm(release("install", "--create-namespace", "--wait", "--timeout=60s")).orFail();

    assertThat(install.out()).contains("STATUS: deployed", "hello says Hi (revision 1).");
    assertThat(kubectl("get", "cm,secret,sa,role,rolebinding,svc,pdb,phrases", "-o", "name"))
        .contains(
            "configmap/hello-words",
            "secret/hello-key",
            "secret/sh.helm.release.v1.hello.v1",
            "serviceaccount/hello",
            "role.rbac.authorization.k8s.io/hello",
            "rolebinding.rbac.authorization.k8s.io/hello",
            "service/hello-alias",
            "poddisruptionbudget.policy/hello",
            "phrase.words.example.com/hello");
    assertThat(kubectl("get", "phrases"))
        .containsPattern("NAME +TEXT")
        .containsPattern("hello +Hi");
    assertThat(call()).isEqualTo("Hi\n");
  }

  @Test
  @Order(2)
  void listStatusAndManifestTellOfTheRelease() {
    assertThat(helm("list", "--all-namespaces").orFail().out())
        .containsPattern("hello\\s+helm\\s+1\\s+.*deployed\\s+greetings-1.2.3\\s+7");
    assertThat(helm("status", "hello", "--show-resources").orFail().out())
        .contains("STATUS: deployed")
        .containsPattern("hello +http://hello.helm.localhost:\\d+ +hello-00001 +hello-00001 +True")
        .containsPattern("==> v1/Secret\nNAME +TYPE +DATA +AGE\nhello-key +Opaque +1 ");
    assertThat(helm("get", "manifest", "hello").orFail().out()).contains("image: " + image);
    assertThat(helm("get", "values", "hello").orFail().out()).contains("image: " + image);
  }

  @Test
  @Order(3)
  void upgradeChangesTheServiceAndRunsTheHook() {
    helm(release("upgrade", "--set", "word=Hello", "--wait", "--timeout=60s")).orFail();

    assertThat(call()).isEqualTo("Hello\n");
    assertThat(kubectl("logs", "job/hello-before-upgrade")).isEqualTo("before revision 2\n");
    assertThat(kubectl("get", "secret", "hello-key", "-o", "jsonpath={.data.key}"))
        .isEqualTo("SEVMTE8="); // HELLO
    assertThat(kubectl("get", "revisions", "-o", "name")).contains("hello-00001", "hello-00002");
  }

  @Test
  @Order(4)
  void anUpgradeThatFailsIsRolledBack() {
    Command.Result broken =
        helm(
            release(
                "upgrade",
                "--install",
                "--atomic",
                "--timeout=60s",
                "--set",
                "word=Broken",
                "--set",
                "broken=true"));

    assertThat(broken.exitCode()).as(broken::toString).isEqualTo(1);
    assertThat(broken.err())
        .contains("has been rolled back due to atomic being set")
        .contains("Phrase.words.example.com \"hello\" is invalid: spec.text");
    assertThat(call()).isEqualTo("Hello\n");
    assertThat(kubectl("get", "cm", "hello-words", "-o", "jsonpath={.data.word}"))
        .isEqualTo("Hello");
  }

  @Test
  @Order(5)
  void rollbackGoesToAnEarlierRevision() {
    helm("rollback", "hello", "1", "--wait", "--timeout=60s").orFail();

    assertThat(call()).isEqualTo("Hi\n");
    assertThat(helm("history", "hello").orFail().out())
        .containsPattern("1\\s+.*superseded.*Install complete")
        .containsPattern("2\\s+.*superseded.*Upgrade complete")
        .containsPattern("3\\s+.*failed")
        .containsPattern("4\\s+.*superseded.*Rollback to 2")
        .containsPattern("5\\s+.*deployed.*Rollback to 1");
  }

  @Test
  @Order(6)
  void uninstallRemovesAllButTheKind() {
    assertThat(helm("uninstall", "hello", "--wait", "--timeout=60s").orFail().out())
        .contains("release \"hello\" uninstalled");

    assertThat(kubectl("get", "ksvc,role,rolebinding,svc,pdb,phrases,secret", "-o", "name"))
        .doesNotContain("hello");
    assertThat(helm("list").orFail().out()).doesNotContain("hello");
    assertThat(platform.kubectl("get", "crd", "phrases.words.example.com").run().exitCode())
        .isZero();
  }

  @Test
  @Order(7)
  void theTemplateIsAppliedByKubectl() {
    String manifests =
        helm("template", "hello", CHART.toString(), "--no-hooks", "--set", "image=" + image)
            .orFail()
            .out();

    Command apply = platform.kubectl("--namespace", NAMESPACE, "apply", "-f", "-");
    assertThat(apply.run(manifests).orFail().out())
        .contains("service.serving.knative.dev/hello created")
        .contains("phrase.words.example.com/hello created");
    assertThat(apply.run(manifests).orFail().out())
        .contains("phrase.words.example.com/hello unchanged")
        .contains("configmap/hello-words unchanged");
    assertThat(kubectl("get", "ksvc", "hello", "-o", "jsonpath={.metadata.generation}"))
        .isEqualTo("1");
    assertThat(call()).isEqualTo("Hi\n");
    platform.kubectl("-n", NAMESPACE, "delete", "-f", "-").run(manifests).orFail();
  }
}
