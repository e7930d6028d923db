package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.EVENT;
import static dev.ebb.resources.TestKinds.WIDGET;
import static dev.ebb.resources.TestKinds.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.TestKinds;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.testing.TestingResources;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EventExpiryTest {
  // Created at 00:00; the clock goes to 01:30.
  @ParameterizedTest
  @CsvSource({
    "'', false",
    "2026-01-01T00:29:00Z, false",
    "2026-01-01T00:31:00Z, true",
    "not a time, false"
  })
  void anEventLivesAnHourAfterItLastHappened(String lastTimestamp, boolean lives) {
    try (TestingResources resources = new TestingResources(new TestKinds());
        EventExpiry expiry = new EventExpiry(resources, resources.clock())) {
      create(resources, "e", lastTimestamp);
      resources.clock().advance(Duration.ofMinutes(90));

      expiry.sweep();

      assertThat(resources.find(EVENT, new ObjectKey("default", "e")).isPresent()).isEqualTo(lives);
    }
  }

  @Test
  void eachEndsInItsTimeHoweverManyThereAre() {
    try (TestingResources resources = new TestingResources(new TestKinds());
        EventExpiry expiry = new EventExpiry(resources, resources.clock())) {
      for (int event = 0; event < 1001; event++) {
        create(resources, "old-" + event, "");
      }
      resources.clock().advance(Duration.ofMinutes(30));
      create(resources, "young", "");
      expiry.sweep();
      assertThat(names(resources)).hasSize(1002);

      resources.clock().advance(Duration.ofMinutes(31));
      expiry.sweep();
      assertThat(names(resources)).containsExactly("young");

      resources.clock().advance(Duration.ofMinutes(30));
      expiry.sweep();
      assertThat(names(resources)).isEmpty();
    }
  }

  /// The parsed object of what is kept is the same one at each reading.
  @Test
  void nothingIsKeptOfEventsButTheirBytes() {
    try (TestingResources resources = new TestingResources(new TestKinds())) {
      create(resources, "e", "");
      ObjectKey key = new ObjectKey("default", "e");
      assertThat(resources.get(EVENT, key))
          .isEqualTo(resources.get(EVENT, key))
          .isNotSameAs(resources.get(EVENT, key));
      resources.create(WIDGET, TestKinds.widget("w"), WriteOptions.by("test"));
      ObjectKey widget = new ObjectKey("default", "w");
      assertThat(resources.get(WIDGET, widget)).isSameAs(resources.get(WIDGET, widget));
    }
  }

  private static List<String> names(TestingResources resources) {
    return resources.list(EVENT, ListQuery.all()).items().stream()
        .map(KubernetesObject::name)
        .toList();
  }

  private static void create(TestingResources resources, String name, String lastTimestamp) {
    resources.create(
        EVENT,
        object(
            """
            {'apiVersion': 'v1', 'kind': 'Event', 'lastTimestamp': '%s',
             'metadata': {'namespace': 'default', 'name': '%s'}}
            """
                .formatted(lastTimestamp, name)),
        WriteOptions.by("test"));
  }
}
