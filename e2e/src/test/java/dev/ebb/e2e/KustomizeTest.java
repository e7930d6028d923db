package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A base and an overlay with a prefix, labels, a patch, an image and generated ConfigMaps.
@ExtendWith(SharedPlatform.class)
class KustomizeTest {
  /// A copy of the base and its overlays that is for a namespace and an image of this platform.
  private static Path overlays(SharedPlatform.Shared shared, String namespace, String word) {
    Path from = ClientLibraryTest.resource("kustomize");
    Path to = shared.platform().root().resolve("kustomize-" + namespace + "-" + word);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file));
        Files.createDirectories(copy.getParent());
        String text =
            Files.readString(file)
                .replace("namespace: production", "namespace: " + namespace)
                .replace("DIGEST", shared.image().replaceFirst(".*@", ""))
                .replace("word=Production", "word=" + word);
        Files.writeString(copy, text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return to;
  }

  private static String call(SharedPlatform.Shared shared, String namespace) {
    Platform platform = shared.platform();
    platform
        .kubectl(
            "wait", "-n", namespace, "ksvc/prod-greeting", "--for=condition=Ready", "--timeout=60s")
        .run()
        .orFail();
    String host = "Host: prod-greeting.%s.localhost".formatted(namespace);
    return platform.curl("--header", host, platform.gateway()).run().orFail().out();
  }

  private static String generation(Platform platform, String namespace) {
    String path = "jsonpath={.metadata.generation}";
    return platform
        .kubectl("get", "ksvc", "prod-greeting", "-n", namespace, "-o", path)
        .run()
        .orFail()
        .out();
  }

  @Test
  void whatKustomizeBuildsIsAppliedAndAppliedAgain(SharedPlatform.Shared shared) {
    String namespace = shared.namespace("kustomize");
    Platform platform = shared.platform();
    Command apply = platform.kubectl("apply", "-f", "-");

    String first =
        platform
            .tool("kustomize", "build", overlays(shared, namespace, "One") + "/production")
            .run()
            .orFail()
            .out();
    assertThat(apply.run(first).orFail().out())
        .contains("service.serving.knative.dev/prod-greeting created")
        .containsPattern("configmap/prod-words-\\w{10} created");
    assertThat(call(shared, namespace)).isEqualTo("One\n");
    // kubectl merges lists of kinds that it does not know by replacing them, defaults and all, so
    // it
    // says "configured", as on a cluster; the server writes the defaults back, and nothing changed.
    assertThat(apply.run(first).orFail().out())
        .containsPattern("configmap/prod-words-\\w{10} unchanged");
    assertThat(generation(platform, namespace)).isEqualTo("1");

    // Another word is another ConfigMap, and so another revision.
    String second =
        platform
            .tool("kustomize", "build", overlays(shared, namespace, "Two") + "/production")
            .run()
            .orFail()
            .out();
    assertThat(apply.run(second).orFail().out())
        .contains("service.serving.knative.dev/prod-greeting configured")
        .containsPattern("configmap/prod-words-\\w{10} created");
    assertThat(call(shared, namespace)).isEqualTo("Two\n");
    assertThat(generation(platform, namespace)).isEqualTo("2");
  }

  @ParameterizedTest
  @CsvSource({"kubectl-oldest, legacy", "kubectl, production"})
  void kubectlAppliesComparesAndDeletesAnOverlay(
      String kubectl, String name, SharedPlatform.Shared shared) {
    String namespace = shared.namespace("overlay-" + kubectl);
    String overlay = overlays(shared, namespace, "Kubectl").resolve(name).toString();
    Command client = shared.platform().tool(kubectl, "--namespace", namespace);

    client.with("apply", "-k", overlay).run().orFail();
    assertThat(call(shared, namespace)).isEqualTo("Kubectl\n");
    assertThat(client.with("get", "ksvc", "-o", "yaml").run().orFail().out())
        .contains("stage: production");
    client.with("delete", "-k", overlay).run().orFail();
    assertThat(client.with("get", "ksvc,cm", "-o", "name").run().orFail().out())
        .doesNotContain("prod-");
  }
}
