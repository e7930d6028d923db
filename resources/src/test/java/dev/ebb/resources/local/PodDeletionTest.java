package dev.ebb.resources.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteOptions.Subresource;
import dev.ebb.resources.testing.TestingResources;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How long a Pod has that is deleted.
class PodDeletionTest {
  private static final ObjectKey KEY = new ObjectKey("default", "a");

  private final TestingResources resources = new TestingResources();

  @AfterEach
  void close() {
    resources.close();
  }

  /// A Pod that something holds until it has ended.
  private void create(String spec, String phase) {
    KubernetesObject pod =
        KubernetesObject.of(CoreKinds.POD.type(), KEY)
            .with(json -> {
              json.withObject("/metadata").putArray("finalizers").add("e.dev/f");
              json.withObject("/spec")
                  .putArray("containers")
                  .addObject()
                  .put("name", "a")
                  .put("image", "a");
              for (String field : spec.split(" ")) {
                String[] words = field.split("=");
                if (words[0].equals("node")) {
                  json.withObject("/spec").put("nodeName", words[1]);
                } else if (words[0].equals("own")) {
                  json.withObject("/spec")
                      .put("terminationGracePeriodSeconds", Long.parseLong(words[1]));
                }
              }
            });
    KubernetesObject made = resources.create(CoreKinds.POD, pod, WriteOptions.by("t")).object();
    resources.update(
        CoreKinds.POD,
        made.with(json -> json.putObject("status").put("phase", phase)),
        WriteOptions.by("t").to(Subresource.STATUS));
  }

  private KubernetesObject delete(@Nullable Long seconds) {
    OptionalLong grace = seconds == null ? OptionalLong.empty() : OptionalLong.of(seconds);
    return resources.delete(CoreKinds.POD, KEY, DeleteOptions.background().withGracePeriod(grace));
  }

  private static long seconds(KubernetesObject pod) {
    return pod.metadata().path("deletionGracePeriodSeconds").asLong(-1);
  }

  @ParameterizedTest
  @CsvSource({
    "node=n, Running, , 30",
    "node=n own=5, Running, , 5",
    "node=n own=5, Running, 60, 60",
    "node=n, Running, 1, 1",
    "node=n, Running, 0, 0",
    "node=n, Running, -3, 1",
    "node=n, Succeeded, 60, 0",
    "node=n, Failed, , 0",
    "own=5, Pending, 60, 0"
  })
  void theTimeIsWhatIsAskedForElseThePodsOwn(
      String spec, String phase, @Nullable Long asked, long expected) {
    create(spec, phase);
    KubernetesObject deleted = delete(asked);
    assertThat(seconds(deleted)).isEqualTo(expected);
    assertThat(deleted.deletionTimestamp())
        .contains(resources.clock().instant().plusSeconds(expected));
  }

  @ParameterizedTest
  @CsvSource({"30, 10, 10", "30, 60, 30", "30, , 30", "30, 0, 0", "30, -1, 1", "0, 5, 0"})
  void whoeverDeletesItAgainCanOnlyShortenIt(long first, @Nullable Long again, long expected) {
    create("node=n", "Running");
    KubernetesObject before = delete(first);
    resources.clock().advance(Duration.ofSeconds(4));
    KubernetesObject after = delete(again);
    assertThat(seconds(after)).isEqualTo(expected);
    assertThat(after.deletionTimestamp())
        .contains(before.deletionTimestamp().orElseThrow().minusSeconds(first - expected));
  }

  @Test
  void onePodThatNothingHoldsIsGone() {
    create("node=n", "Running");
    resources.update(
        CoreKinds.POD,
        resources
            .get(CoreKinds.POD, KEY)
            .with(json -> json.withObject("/metadata").remove("finalizers")),
        WriteOptions.by("t"));
    delete(60L);
    assertThat(resources.find(CoreKinds.POD, KEY)).isEmpty();
  }
}
