package dev.ebb.dataplane.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.RevisionId;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FakeInstancesTest {
  private static final RevisionId HELLO = new RevisionId("default", "hello-00001");

  private final FakeInstances instances = new FakeInstances();
  private final List<InstanceEvent> events = new ArrayList<>();

  @Test
  void aSubscriberSeesWhatIsThereAndThenEachPhase() {
    instances.scale(HELLO, 1);
    var subscription = instances.subscribe(events::add);
    instances.ready(instances.list().getFirst().id(), UnixDomainSocketAddress.of("/x"));
    instances.scale(HELLO, 0);
    subscription.close();
    instances.scale(HELLO, 1);

    assertThat(phases()).containsExactly(Phase.STARTING, Phase.READY, Phase.DRAINING, Phase.EXITED);
    assertThat(last().wanted()).isFalse();
  }

  @Test
  void anInstanceThatCrashesWasWanted() {
    instances.readyAtOnce();
    instances.subscribe(events::add);
    instances.scale(HELLO, 1);
    instances.exit(instances.list().getFirst().id(), FakeInstances.crash(3, "boom"));

    assertThat(phases()).containsExactly(Phase.STARTING, Phase.READY, Phase.EXITED);
    assertThat(last().wanted()).isTrue();
    assertThat(last().exit()).contains(FakeInstances.crash(3, "boom"));
    assertThat(instances.list()).isEmpty();
    assertThat(instances.scaleOf(HELLO)).contains(1);
  }

  private List<Phase> phases() {
    return events.stream()
        .map(event -> ((InstanceEvent.PhaseChanged) event).instance().phase())
        .toList();
  }

  private Instance last() {
    return ((InstanceEvent.PhaseChanged) events.getLast()).instance();
  }
}
