package dev.ebb.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.testing.TestingResources;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventRecorderTest {
  private final TestingResources resources = new TestingResources(new BuiltInKinds());
  private final AtomicLong nanos = new AtomicLong();
  private final EventRecorder events =
      new EventRecorder(
          resources, _ -> "test", resources.clock(), new WorkQueue(nanos::get, Backoff.DEFAULT));
  private final KubernetesObject about =
      KubernetesObject.of(CoreKinds.POD.type(), new ObjectKey("default", "p"))
          .with(json -> json.withObject("/metadata").put("uid", "u"));

  @AfterEach
  void close() {
    resources.close();
  }

  @Test
  void theSameNewsIsOneEventThatCounts() {
    events.normal(about, "Created", "Created container a");
    events.normal(about, "Created", "Created container a");
    events.normal(about, "Created", "Created container b");
    writeAll();

    assertThat(written())
        .containsExactlyInAnyOrder("Created container a x2", "Created container b x1");
  }

  @Test
  void warningsOfOneReasonAreOneEventWithTheNewestMessage() {
    events.warning(about, "Failed", "at 10:01");
    events.warning(about, "Failed", "at 10:02");
    writeAll();
    assertThat(written()).containsExactly("at 10:02 x2");

    pass(Duration.ofSeconds(2));
    events.warning(about, "Failed", "at 10:03");
    writeAll();
    assertThat(written()).containsExactly("at 10:03 x3");
  }

  @Test
  void anEventIsWrittenOnceASecondAtMostAndLosesNoCount() {
    events.warning(about, "Failed", "one");
    writeAll();
    events.warning(about, "Failed", "two");
    events.warning(about, "Failed", "three");
    writeAll();
    assertThat(written()).containsExactly("one x1");

    pass(Duration.ofSeconds(1));
    assertThat(written()).containsExactly("three x3");
    pass(Duration.ofSeconds(1));
    pass(Duration.ofSeconds(1));
    events.warning(about, "Failed", "four");
    writeAll();
    assertThat(written()).containsExactly("four x4");
  }

  @Test
  void anEventOfANamespaceThatIsGoneIsGivenUp() {
    KubernetesObject gone =
        about.with(json -> json.withObject("/metadata").put("namespace", "gone"));
    events.normal(gone, "Created", "Created container a");
    writeAll();

    assertThat(written()).isEmpty();
  }

  private void writeAll() {
    while (events.runOnce()) {}
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    writeAll();
  }

  private List<String> written() {
    return resources.list(CoreKinds.EVENT, ListQuery.all()).items().stream()
        .map(event ->
            event.json().path("message").asString() + " x" + event.json().path("count").asInt())
        .toList();
  }
}
