package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.EVENT;
import static dev.ebb.resources.TestKinds.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.TestKinds;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.testing.TestingResources;
import java.time.Duration;
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
      resources.create(
          EVENT,
          object(
              """
              {'apiVersion': 'v1', 'kind': 'Event', 'lastTimestamp': '%s',
               'metadata': {'namespace': 'default', 'name': 'e'}}
              """
                  .formatted(lastTimestamp)),
          WriteOptions.by("test"));
      resources.clock().advance(Duration.ofMinutes(90));

      expiry.sweep();

      assertThat(resources.find(EVENT, new ObjectKey("default", "e")).isPresent()).isEqualTo(lives);
    }
  }
}
