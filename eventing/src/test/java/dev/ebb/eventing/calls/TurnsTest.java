package dev.ebb.eventing.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.eventing.embedded.EmbeddedEventLog;
import dev.ebb.eventing.embedded.EmbeddedLogSettings;
import dev.ebb.eventing.testing.SimulatedFiles;
import dev.ebb.kinds.ObjectKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Who may have how many calls made, without calls.
class TurnsTest {
  private static final Instant NOW = Instant.EPOCH;

  private final EmbeddedEventLog log =
      new EmbeddedEventLog(
          new SimulatedFiles(),
          EmbeddedLogSettings.defaults(),
          new Random(1),
          /* threaded= */ true);
  private final CallsConfig config = CallsConfig.defaults().withCalls(4, 64);
  private final Lanes lanes = new Lanes(log, config);
  private final Turns turns = new Turns(config);

  @AfterEach
  void close() {
    log.close();
  }

  private Lane lane(String function) {
    return lanes.use(
        new Streams.Name(Streams.Kind.CALL, "queue", new ObjectKey("openfaas-fn", function)));
  }

  /// Gives all that may be taken to those who want all they get: `a8 b1`.
  private String give(Lane... woken) {
    for (Lane lane : woken) {
      turns.wake(lane);
    }
    turns.gather(NOW);
    List<String> given = new ArrayList<>();
    for (Optional<Turns.Seat> seat = turns.next(); seat.isPresent(); seat = turns.next()) {
      int room = turns.room(seat.get());
      given.add(seat.get().lane.name().function().name() + room);
      turns.taken(seat.get(), room, /* more= */ true);
    }
    return String.join(" ", given);
  }

  @Test
  void whatAQueueHasIsSharedAndEachHasOneOfItsOwn() {
    assertThat(give(lane("a"), lane("b"), lane("c"))).isEqualTo("a5 b1 c1");
    // What ends goes to whoever waits longest, in turn.
    turns.ended(lane("a"));
    assertThat(give()).isEqualTo("a1");
    turns.ended(lane("a"));
    assertThat(give()).isEqualTo("b1");
    turns.ended(lane("a"));
    turns.ended(lane("a"));
    assertThat(give()).isEqualTo("c2");
    // The last one of a function that ends gives it one of its own again.
    turns.ended(lane("b"));
    turns.ended(lane("b"));
    assertThat(give()).isEqualTo("b2");
  }

  @Test
  void aLaneIsCalledOnceUntilItIsLookedAt() {
    assertThat(turns.wake(lane("a"))).isTrue();
    assertThat(turns.wake(lane("a"))).isFalse();
    assertThat(give()).isEqualTo("a5");
    assertThat(turns.wake(lane("a"))).isTrue();
    assertThat(give()).isEmpty();
  }
}
