package dev.ebb.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FairSharesTest {
  private final ArrayDeque<Runnable> running = new ArrayDeque<>();
  private final List<String> begun = new ArrayList<>();

  private FairShares shares(int most) {
    return new FairShares(most, running::add);
  }

  private void add(FairShares shares, String owner, int times) {
    for (int i = 0; i < times; i++) {
      shares.execute(owner, () -> begun.add(owner));
    }
  }

  /// Ends what began first.
  private void end() {
    running.removeFirst().run();
  }

  private void endAll() {
    while (!running.isEmpty()) {
      end();
    }
  }

  @Test
  void oneOwnerHasAllThereIs() {
    FairShares shares = shares(3);
    add(shares, "a", 10);
    assertThat(running).hasSize(3);
    end();
    assertThat(running).hasSize(3);
    endAll();
    assertThat(begun).hasSize(10);
  }

  @Test
  void whoHasNothingRunningDoesNotWaitForWhoHasMuch() {
    FairShares shares = shares(3);
    add(shares, "a", 100);
    add(shares, "b", 1);
    add(shares, "c", 1);
    assertThat(running).hasSize(5);
    end();
    end();
    end();
    end();
    end();
    assertThat(begun).containsExactly("a", "a", "a", "b", "c");
  }

  @Test
  void thoseWhoWaitTakeTurns() {
    FairShares shares = shares(1);
    add(shares, "a", 5);
    add(shares, "b", 3); // the first at once, for none of b's runs
    add(shares, "c", 2);
    endAll();
    assertThat(begun).containsExactly("a", "b", "a", "b", "c", "a", "b", "c", "a", "a");
  }

  @Test
  void neverMoreThanTwiceTheNumberAtOnce() {
    FairShares shares = shares(2);
    for (int owner = 0; owner < 50; owner++) {
      add(shares, "owner-" + owner, 1);
    }
    assertThat(running).hasSize(4);
    endAll();
    assertThat(begun).doesNotHaveDuplicates().hasSize(50);
  }

  @Test
  void aTaskThatThrowsGivesItsPlaceBack() {
    FairShares shares = shares(1);
    shares.execute(
        "a",
        () -> {
          throw new IllegalStateException("broken");
        });
    add(shares, "a", 1);
    try {
      end();
    } catch (IllegalStateException expected) {
      begun.add(expected.getMessage());
    }
    endAll();
    assertThat(begun).containsExactly("broken", "a");
  }

  /// Random work: nothing is lost, the bounds hold, nobody who waits is passed over twice by
  /// another who waits.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void boundsHoldForRandomWork(long seed) {
    Random random = new Random(seed);
    int most = 1 + random.nextInt(4);
    FairShares shares = shares(most);
    Map<String, Integer> added = new HashMap<>();
    for (int step = 0; step < 2_000; step++) {
      if (random.nextInt(3) > 0) {
        String owner = "owner-" + (random.nextBoolean() ? 0 : random.nextInt(8));
        added.merge(owner, 1, Integer::sum);
        add(shares, owner, 1);
      } else if (!running.isEmpty()) {
        end();
      }
      assertThat(running.size()).isLessThanOrEqualTo(2 * most);
    }
    endAll();
    Map<String, Integer> done = new HashMap<>();
    begun.forEach(owner -> done.merge(owner, 1, Integer::sum));
    assertThat(done).isEqualTo(added);
  }
}
