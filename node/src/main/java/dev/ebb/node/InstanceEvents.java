package dev.ebb.node;

import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.InstanceId;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Tells what happens, and keeps the present instances for those who only look. Events are told on
/// the loop; [#list] is for any thread.
final class InstanceEvents {
  private static final Logger LOG = System.getLogger(InstanceEvents.class.getName());

  private final List<Consumer<InstanceEvent>> listeners = new ArrayList<>();
  private final Map<InstanceId, Instance> present = new ConcurrentHashMap<>();

  List<Instance> list() {
    return List.copyOf(present.values());
  }

  void subscribe(Consumer<InstanceEvent> listener) {
    present.values().forEach(one -> tell(listener, new InstanceEvent.PhaseChanged(one)));
    listeners.add(listener);
  }

  void unsubscribe(Consumer<InstanceEvent> listener) {
    listeners.remove(listener);
  }

  /// Something about a Pod may have changed.
  void changed(RunningInstance instance) {
    if (!instance.toInstance(Optional.empty()).equals(instance.told)) {
      phaseChanged(instance, Optional.empty());
    }
  }

  void phaseChanged(RunningInstance instance, Optional<ExitStatus> exit) {
    var now = instance.toInstance(exit);
    instance.told = now;
    if (now.phase() == Phase.EXITED) {
      present.remove(now.id());
    } else {
      present.put(now.id(), now);
    }
    tell(new InstanceEvent.PhaseChanged(now));
  }

  void tell(InstanceEvent event) {
    List.copyOf(listeners).forEach(listener -> tell(listener, event));
  }

  private static void tell(Consumer<InstanceEvent> listener, InstanceEvent event) {
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a listener to instances failed", e);
    }
  }
}
