package dev.ebb.node.pods;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.dataplane.ApiAccess;
import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.ReferenceResolver;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Workload;
import dev.ebb.images.FunctionImage;
import dev.ebb.images.containers.ContainerImage;
import dev.ebb.images.containers.ContainerImages;
import dev.ebb.images.containers.ImageUser;
import dev.ebb.images.distribution.Credential;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.PullCredentials;
import dev.ebb.node.StartRefusedException;
import dev.ebb.node.sandbox.Root;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Images are opened for the ServiceAccount of the workload, or not at all.
class PodPlannerTest implements ContainerImages, ReferenceResolver {
  private static final String FUNCTION = "function.ebb.dev/shop/hello@sha256:" + "0".repeat(64);
  private static final ImageReference MINE = ImageReference.parse("example.com/mine:v1");
  private static final ImageReference THEIRS = ImageReference.parse("registry.ebb.dev/team/app:v1");

  private final PodPlanner planner =
      new PodPlanner(this, PodPlannerTest::function, this, ApiAccess.NONE, 1 << 20);
  private final List<ImageUser> users = new ArrayList<>();
  private final List<PullCredentials> opened = new ArrayList<>();
  private final Set<String> missing = new HashSet<>();

  @Test
  void whatTheAccountMayNotRunIsNotOpened() {
    assertThatThrownBy(() -> planner.plan(workload(THEIRS)))
        .isInstanceOfSatisfying(
            StartRefusedException.class,
            e -> {
              assertThat(e.reason()).isEqualTo("ErrImagePull");
              assertThat(e.text())
                  .isEqualTo("Failed to pull image \"%s\": 403 Forbidden".formatted(THEIRS));
            });
    assertThat(users).containsExactly(new ImageUser("shop", "default"));
    assertThat(opened).isEmpty();
  }

  @Test
  void theSecretsOfTheAccountAreShown() {
    assertThatThrownBy(() -> planner.plan(workload(MINE)))
        .isInstanceOf(StartRefusedException.class);
    assertThat(opened)
        .singleElement()
        .satisfies(shown ->
            assertThat(shown.matching(MINE)).containsExactly(new Credential("me", "secret")));
  }

  @Test
  void aServiceWithoutItsAccountIsRefusedAsByTheApiServer() {
    missing.add("shop/default");
    assertThatThrownBy(() -> planner.plan(workload(MINE)))
        .isInstanceOfSatisfying(
            StartRefusedException.class,
            e -> {
              assertThat(e.reason()).isEqualTo("FailedCreate");
              assertThat(e.text())
                  .isEqualTo(
                      "pods \"hello-00001-deployment-\" is forbidden: error looking up service"
                          + " account shop/default: serviceaccount \"default\" not found");
            });
    assertThat(opened).isEmpty();
    // A Pod of a user is there already.
    assertThatThrownBy(() -> planner.plan(workload(MINE, "")))
        .isInstanceOfSatisfying(
            StartRefusedException.class, e -> assertThat(e.reason()).isEqualTo("ErrImagePull"));
  }

  @Override
  public boolean hasAccount(String namespace, String serviceAccount) {
    return !missing.contains(namespace + "/" + serviceAccount);
  }

  /// As a language runtime has it.
  private static FunctionImageConfig function(
      Workload workload, Container container, FunctionImage function) {
    return new FunctionImageConfig(
        List.of("/usr/bin/python3", "server.py"),
        Map.of("HOME", FunctionImageConfig.HOME),
        Map.of("PORT", "8080", "EBB_HANDLER", function.name()),
        List.of(),
        "fingerprint",
        Optional.empty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "first of a service | hello | FUNCTION,FUNCTION | true  | true  | ''",
        "beside another     | hello | FUNCTION,FUNCTION | false | false | 8081",
        "of a Pod           | ''    | FUNCTION          | true  | false | 8080",
      })
  void onlyAFunctionThatAGatewaySendsRequestsToHasASocket(
      String which, String service, String images, boolean first, boolean bySocket, String port) {
    var containers = new ArrayList<Container>();
    for (String _ : images.split(",", -1)) {
      containers.add(Container.of("c" + containers.size(), FUNCTION));
    }
    var plan = planner.plan(workload(service, containers));
    var planned = first ? plan.containers().getFirst() : plan.containers().getLast();
    assertThat(planned.bySocket()).as(which).isEqualTo(bySocket);
    // Who has none listens at a port of its own, which its user may change.
    assertThat(planned.contract().containsKey("PORT")).isEqualTo(bySocket);
    assertThat(planned.imageEnvironment().getOrDefault("PORT", "")).isEqualTo(port);
    assertThat(planned.contract().containsKey("K_SERVICE")).isEqualTo(!service.isEmpty());
    assertThat(planned.root()).isEqualTo(new Root.Host());
    assertThat(planned.container().security().readOnlyRootFilesystem()).isTrue();
    assertThat(planned.container().security().dropCapabilities()).containsExactly("ALL");
    assertThat(opened).isEmpty();
  }

  private static Workload workload(ImageReference image) {
    return workload(image, "hello");
  }

  private static Workload workload(ImageReference image, String service) {
    return workload(service, List.of(Container.of("user-container", image.toString())));
  }

  private static Workload workload(String service, List<Container> containers) {
    return new Workload(
        new RevisionId("shop", "hello-00001"),
        service,
        "hello",
        PodSpec.of(containers),
        0,
        Duration.ofMinutes(5),
        Duration.ofSeconds(15),
        Duration.ofSeconds(1));
  }

  @Override
  public void require(ImageReference image, ImageUser user) {
    users.add(user);
    if (image.equals(THEIRS)) {
      throw new ImageException(Reason.UNAUTHORIZED, "403 Forbidden");
    }
  }

  @Override
  public ContainerImage open(ImageReference image, PullCredentials credentials) {
    opened.add(credentials);
    throw new ImageException(Reason.NOT_FOUND, "not found");
  }

  @Override
  public String resolve(ImageReference image, PullCredentials credentials) {
    throw new AssertionError("nodes open");
  }

  @Override
  public Optional<ContainerImage> hold(ImageReference image) {
    throw new AssertionError("a start opens");
  }

  @Override
  public boolean isReady(ImageReference image) {
    return false;
  }

  @Override
  public List<String> pullSecrets(String namespace, String serviceAccount) {
    return namespace.equals("shop") && serviceAccount.equals("default")
        ? List.of("pull")
        : List.of();
  }

  @Override
  public Optional<Map<String, byte[]>> secret(String namespace, String name) {
    return namespace.equals("shop") && name.equals("pull")
        ? Optional.of(
            Map.of(
                ".dockerconfigjson",
                """
                {"auths": {"example.com": {"username": "me", "password": "secret"}}}
                """
                    .getBytes(UTF_8)))
        : Optional.empty();
  }

  @Override
  public Optional<Map<String, String>> configMap(String namespace, String name) {
    return Optional.empty();
  }
}
