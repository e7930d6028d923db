package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.json.JsonMapper;

/// The built-in registry as people use it: buildah, podman, skopeo and crane, with a token that
/// `ebb token create` made.
@ExtendWith(SharedPlatform.class)
class RegistryTest {
  private Platform platform;
  private String namespace;
  private String registry;
  private Path certificates;

  /// A namespace with an account that may push, logged in, and a small image that buildah built.
  @BeforeEach
  void logIn(SharedPlatform.Shared shared) throws IOException {
    platform = shared.platform();
    namespace = shared.namespace("registry-" + Long.toHexString(System.nanoTime()));
    registry = "localhost:" + URI.create(platform.record().path("apiUrl").asString()).getPort();
    certificates = Files.createDirectories(platform.root().resolve("certificates"));
    Files.copy(
        authority(),
        certificates.resolve("ca.crt"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    podman("login", "--authfile", file("auth.json"), "-u", "ebb", "-p", token("edit"), registry);
    platform.write("greeting-" + namespace, "Hello from " + namespace);
    platform.write(
        "Containerfile-" + namespace,
        "FROM scratch\nCOPY greeting-%1$s /greeting\n".formatted(namespace));
    storage("buildah", "build", "-q", "-t", namespace, "-f", "Containerfile-" + namespace, ".");
  }

  @Test
  void whatOneToolPushesTheOthersPull() throws IOException {
    String image = image("app");
    storage(
        "buildah",
        "push",
        "-q",
        "--creds",
        "me:" + token("edit"),
        "--cert-dir",
        certs(),
        namespace,
        "docker://" + image + ":v1");
    String digest = skopeo("inspect", "--format", "{{.Digest}}", "docker://" + image + ":v1");
    assertThat(crane("digest", image + ":v1")).isEqualTo(digest);

    storage("podman", "rmi", "--force", namespace);
    String id =
        storage(
            "podman",
            "pull",
            "-q",
            "--authfile",
            file("auth.json"),
            "--cert-dir",
            certs(),
            image + ":v1");
    assertThat(id).isNotEmpty();

    Path layout = platform.root().resolve("layout-" + namespace);
    skopeo("copy", "-q", "docker://" + image + "@" + digest, "oci:" + layout + ":v1");
    assertThat(
            new JsonMapper()
                .readTree(layout.resolve("index.json"))
                .path("manifests")
                .path(0)
                .path("digest")
                .asString())
        .isEqualTo(digest);
  }

  /// Built, pushed and deployed, with the same commands as with any other registry.
  @Test
  void whatIsPushedRuns() {
    LookAlikes.needRoot();
    platform.write(
        "Containerfile-" + namespace,
        """
        FROM scratch
        COPY lookalike /hello
        ENV TARGET=registry
        ENTRYPOINT ["/hello", "hello"]
        """);
    String tools = Platform.TOOLS.toString();
    String file = file("Containerfile-" + namespace);
    storage("buildah", "build", "-q", "-t", namespace + "-hello", "-f", file, tools);
    podman("push", "-q", "--authfile", file("auth.json"), namespace + "-hello", image("hello"));
    platform.write(
        "hello-" + namespace,
        """
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata: {name: hello, namespace: %s}
        spec: {template: {spec: {containers: [{image: %s}]}}}
        """
            .formatted(namespace, image("hello")));
    platform.kubectl("apply", "-f", "hello-" + namespace).run().orFail();
    String ready = "--for=condition=Ready";
    platform.kubectl("wait", ready, "ksvc/hello", "-n", namespace, "--timeout=60s").run().orFail();
    String host = "Host: hello." + namespace + ".localhost";
    assertThat(platform.curl("-H", host, platform.gateway()).run().orFail().out())
        .isEqualTo("Hello registry!\n");
  }

  @Test
  void layersAreMountedTagsListedAndImagesDeleted() {
    podman("push", "-q", "--authfile", file("auth.json"), namespace, image("one") + ":v1");
    long received = received();
    crane("copy", image("one") + ":v1", image("two") + ":v1");
    assertThat(received()).as("the layers were mounted").isEqualTo(received);
    crane("tag", image("two") + ":v1", "v2");
    assertThat(crane("ls", image("two")).lines()).containsExactly("v1", "v2");
    assertThat(crane("catalog", registry).lines()).contains(namespace + "/one", namespace + "/two");

    crane("delete", image("two") + ":v1");
    assertThat(crane("ls", image("two")).lines()).containsExactly("v2");
    skopeo("delete", "docker://" + image("two") + ":v2");
    assertThat(
            run(
                    "skopeo",
                    "inspect",
                    "--authfile",
                    file("auth.json"),
                    "docker://" + image("two") + ":v2")
                .err())
        .contains("manifest unknown");
    assertThat(crane("ls", image("one"))).isEqualTo("v1");
  }

  @Test
  void whoMayOnlyViewPullsAndDoesNotPush() {
    podman("push", "-q", "--authfile", file("auth.json"), namespace, image("app") + ":v1");
    String viewer = "me:" + token("view");
    assertThat(
            run("skopeo", "inspect", "--creds", viewer, "docker://" + image("app") + ":v1")
                .exitCode())
        .isZero();
    Command.Result push =
        run(
            "skopeo",
            "copy",
            "-q",
            "--src-creds",
            viewer,
            "--dest-creds",
            viewer,
            "docker://" + image("app") + ":v1",
            "docker://" + image("other") + ":v1");
    assertThat(push.exitCode()).isNotZero();
    assertThat(push.err()).contains("cannot create resource", "denied");
    assertThat(
            run("skopeo", "inspect", "--creds", "me:wrong", "docker://" + image("app") + ":v1")
                .err())
        .contains("authentication required");
  }

  private String image(String name) {
    return registry + "/" + namespace + "/" + name;
  }

  private String token(String role) {
    return platform
        .ebb("token", "create", role, "--role", role, "-n", namespace)
        .run()
        .orFail()
        .out()
        .strip();
  }

  /// Bytes of blobs that came in so far.
  private long received() {
    String name = "ebb_registry_received_bytes_total ";
    return platform
        .curl(platform.metricsUrl() + "/metrics")
        .run()
        .orFail()
        .out()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length())))
        .sum();
  }

  private Path authority() {
    return platform.dataDirectory().resolve("pki/ca.crt");
  }

  private String certs() {
    return certificates.toString();
  }

  private String file(String name) {
    return platform.root().resolve(name).toString();
  }

  private String podman(String command, String... words) {
    List<String> all = new ArrayList<>(List.of("podman", command, "--cert-dir", certs()));
    all.addAll(List.of(words));
    return storage(all.toArray(String[]::new));
  }

  /// podman or buildah, with images in the platform's own directory.
  private String storage(String... words) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--root",
                file("storage"),
                "--runroot",
                file("storage-run"),
                "--storage-driver",
                "vfs"));
    all.addAll(List.of(words).subList(1, words.length));
    return platform.command(words[0], all.toArray(String[]::new)).run().orFail().out().strip();
  }

  private String skopeo(String command, String... words) {
    List<String> all = new ArrayList<>(List.of(command, "--authfile", file("auth.json")));
    all.addAll(List.of(words));
    return run("skopeo", all.toArray(String[]::new)).orFail().out().strip();
  }

  private Command.Result run(String tool, String... words) {
    return platform
        .command(tool, words)
        .with(Map.of("SSL_CERT_FILE", authority().toString()))
        .run();
  }

  private String crane(String... words) {
    return platform
        .tool("crane", words)
        .with(
            Map.of(
                "SSL_CERT_FILE", authority().toString(), "REGISTRY_AUTH_FILE", file("auth.json")))
        .run()
        .orFail()
        .out()
        .strip();
  }
}
