package dev.ebb.node;

import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Watches starting instances until they listen or their time is over. Only the node's loop touches
/// it.
final class ReadinessPoll {
  // Knative probes each second, which adds half a second to a cold start; a stat(2) and a failed
  // connect(2) each millisecond cost under a hundredth of a core while an instance starts.
  private static final Duration INTERVAL = Duration.ofMillis(1);

  private final NodeLoop loop;
  private final Consumer<RunningInstance> ready;
  private final Consumer<RunningInstance> late;
  private final Set<RunningInstance> starting = new LinkedHashSet<>();
  private boolean polling;

  /// @param ready gets each that listens
  /// @param late gets each whose start took longer than its workload allows
  ReadinessPoll(NodeLoop loop, Consumer<RunningInstance> ready, Consumer<RunningInstance> late) {
    this.loop = loop;
    this.ready = ready;
    this.late = late;
  }

  void await(RunningInstance instance) {
    var workload = instance.revision.workload;
    if (workload != null) {
      instance.deadline = loop.schedule(() -> timedOut(instance), workload.startTimeout());
    }
    starting.add(instance);
    if (!polling) {
      polling = true;
      poll();
    }
  }

  /// It ends before it is ready.
  void leave(RunningInstance instance) {
    if (starting.remove(instance)) {
      instance.cancelDeadline();
    }
  }

  private void poll() {
    for (var instance : List.copyOf(starting)) {
      var socket = instance.present().socket();
      if (instance.bootedAt == 0 && Files.exists(NodePaths.boot(socket))) {
        instance.bootedAt = System.nanoTime();
      }
      if (instance.listeningAt == 0 && Files.exists(socket)) {
        instance.listeningAt = System.nanoTime();
      }
      if (instance.listeningAt != 0 && Readiness.isListening(socket)) {
        leave(instance);
        ready.accept(instance);
      }
    }
    polling = !starting.isEmpty();
    if (polling) {
      loop.later(this::poll, INTERVAL);
    }
  }

  private void timedOut(RunningInstance instance) {
    if (starting.remove(instance)) {
      late.accept(instance);
    }
  }
}
