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
import dev.ebb.images.containers.ContainerImage;
import dev.ebb.images.containers.ContainerImages;
import dev.ebb.images.containers.ImageUser;
import dev.ebb.images.distribution.Credential;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.PullCredentials;
import dev.ebb.node.StartRefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Images are opened for the ServiceAccount of the workload, or not at all.
class PodPlannerTest implements ContainerImages, ReferenceResolver {
  private static final ImageReference MINE = ImageReference.parse("example.com/mine:v1");
  private static final ImageReference THEIRS = ImageReference.parse("registry.ebb.dev/team/app:v1");

  private final PodPlanner planner = new PodPlanner(this, this, ApiAccess.NONE, 1 << 20);
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

  private static Workload workload(ImageReference image) {
    return workload(image, "hello");
  }

  private static Workload workload(ImageReference image, String service) {
    return new Workload(
        new RevisionId("shop", "hello-00001"),
        service,
        "hello",
        PodSpec.of(Container.of("user-container", image.toString())),
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
