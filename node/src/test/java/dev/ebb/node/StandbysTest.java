package dev.ebb.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Workload;
import dev.ebb.node.pods.ManualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StandbysTest {
  private static final RevisionId ONE = new RevisionId("default", "one");
  private static final RevisionId TWO = new RevisionId("default", "two");
  private static final RevisionId THREE = new RevisionId("default", "three");

  private final ManualLoop loop = new ManualLoop();
  private final List<String> there = new ArrayList<>();
  private int counted;
  private int gone;
  private boolean fails;
  private final Standbys standbys =
      new Standbys(loop, new Maker(), 2, count -> counted = count, () -> gone++);

  private record Plan(String hash) implements StartPlan {
    @Override
    public Workload workload() {
      throw new UnsupportedOperationException();
    }

    @Override
    public long reservation() {
      return 0;
    }
  }

  private record Made(InstanceId id, StartPlan plan, List<String> there) implements Standby {
    @Override
    public void discard() {
      assertThat(there.remove(id.value())).isTrue();
    }
  }

  private final class Maker implements Standbys.Maker {
    @Override
    public boolean canMake(StartPlan plan) {
      return !plan.hash().equals("never");
    }

    @Override
    public Standby make(InstanceId id, StartPlan plan) {
      if (fails) {
        throw StartRefusedException.createFailed(new IllegalStateException("no"));
      }
      there.add(id.value());
      return new Made(id, plan, there);
    }
  }

  private void make(RevisionId revision, String hash, String id) {
    standbys.make(revision, new Plan(hash), new InstanceId(id));
  }

  private Optional<String> take(RevisionId revision, String hash) {
    return standbys.take(revision, new Plan(hash)).map(one -> one.id().value());
  }

  @AfterEach
  void nothingIsLeft() {
    standbys.discardAll();
    assertThat(standbys.isIdle()).isTrue();
    assertThat(counted).isZero();
  }

  @Test
  void oneIsTakenOnce() {
    make(ONE, "a", "1");
    make(ONE, "a", "2");
    assertThat(counted).isEqualTo(1);
    assertThat(take(ONE, "a")).contains("1");
    assertThat(take(ONE, "a")).isEmpty();
    assertThat(there).containsExactly("1");
  }

  @Test
  void oneOfAnotherPlanIsOfNoUse() {
    make(ONE, "a", "1");
    assertThat(take(ONE, "b")).isEmpty();
    assertThat(there).isEmpty();
    make(ONE, "a", "2");
    make(ONE, "b", "3");
    assertThat(there).containsExactly("3");
    make(ONE, "never", "4");
    assertThat(there).containsExactly("3");
  }

  @Test
  void theOldestGoesWhenThereAreTooMany() {
    make(ONE, "a", "1");
    make(TWO, "a", "2");
    assertThat(take(ONE, "a")).contains("1");
    make(ONE, "a", "3");
    make(THREE, "a", "4");
    assertThat(there).containsExactly("1", "3", "4");
    assertThat(counted).isEqualTo(2);
    assertThat(take(TWO, "a")).isEmpty();
  }

  @Test
  void whatIsStillBeingMadeIsNotWaitedFor() {
    loop.execute(() -> {
      // The work is done after this task.
      make(ONE, "a", "1");
      assertThat(take(ONE, "a")).isEmpty();
      assertThat(standbys.isIdle()).isFalse();
    });
    assertThat(there).isEmpty();
    assertThat(gone).isEqualTo(1);
  }

  @Test
  void oneThatCannotBeMadeIsTriedAgainWhenAskedFor() {
    fails = true;
    make(ONE, "a", "1");
    assertThat(take(ONE, "a")).isEmpty();
    assertThat(gone).isEqualTo(1);
    fails = false;
    make(ONE, "a", "2");
    assertThat(take(ONE, "a")).contains("2");
  }

  @Test
  void oneThatNobodyNeedsGoesAfterHalfADay() {
    make(ONE, "a", "1");
    loop.pass(Duration.ofHours(11));
    assertThat(there).containsExactly("1");
    loop.pass(Duration.ofHours(2));
    assertThat(there).isEmpty();
    assertThat(counted).isZero();
  }
}
