package dev.ebb.node;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.Workload;
import dev.ebb.node.pods.Ends;
import dev.ebb.node.pods.Pod;
import dev.ebb.node.pods.PodHost;
import dev.ebb.node.pods.PodListener;
import dev.ebb.node.pods.PodPlan;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Pods that no revision scales: each is run once, until its containers have ended for good or it
/// is stopped. What keeps one from starting is tried again. Only the node's loop touches it.
final class StandalonePods implements PodListener {
  private static final Logger LOG = System.getLogger(StandalonePods.class.getName());
  private static final Duration FIRST_RETRY = Duration.ofSeconds(10);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(5);

  /// Of volumes: what they need is often made in the same breath as the Pod (the kubelet's
  /// numbers).
  private static final Duration FIRST_MOUNT = Duration.ofMillis(500);

  private static final Duration LONGEST_MOUNT = Duration.ofSeconds(122);

  private final NodeLoop loop;
  private final Roster roster;
  private final Planner planner;
  private final BudgetQueue budget;
  private final Optional<PodHost> host;
  private final InstanceEvents events;
  private final InstanceStops stops;
  private final InstanceExits ends;
  private final Runnable roomCame;
  private final Map<InstanceId, Entry> entries = new HashMap<>();

  /// One of them.
  private static final class Entry {
    final RunningInstance instance;
    @Nullable Workload workload;
    @Nullable PodPlan plan;
    boolean reserved;
    int failures;
    Loop.Timer retry = Loop.Timer.NONE;

    Entry(RunningInstance instance) {
      this.instance = instance;
    }
  }

  /// @param roomCame what to do when one has ended
  StandalonePods(
      NodeLoop loop,
      Roster roster,
      Planner planner,
      BudgetQueue budget,
      Optional<PodHost> host,
      InstanceEvents events,
      InstanceStops stops,
      InstanceExits ends,
      Runnable roomCame) {
    this.loop = loop;
    this.roster = roster;
    this.planner = planner;
    this.budget = budget;
    this.host = host;
    this.events = events;
    this.stops = stops;
    this.ends = ends;
    this.roomCame = roomCame;
  }

  /// Idempotent.
  void run(InstanceId id, Workload workload) {
    Entry known = entries.get(id);
    if (known != null && known.workload != null) {
      return;
    }
    Entry entry = known == null ? create(id, workload) : known;
    entry.workload = workload;
    entry.instance.revision.workload = workload;
    if (known == null) {
      waits(entry, "ContainerCreating", "");
    } else {
      publish(entry);
    }
    plan(entry, workload);
  }

  private Entry create(InstanceId id, Workload workload) {
    var revision = new RevisionState(workload.revision());
    var entry = new Entry(new RunningInstance(id, revision, loop.now(), 0, "", false));
    entries.put(id, entry);
    roster.add(entry.instance);
    return entry;
  }

  /// One of an earlier server that still runs; nobody has said yet that it is wanted.
  void adopt(RunningInstance instance) {
    var entry = new Entry(instance);
    entry.reserved = true;
    entries.put(instance.id, entry);
    budget.reserve(instance.reservation);
    roster.add(instance);
    Pod pod = instance.pod;
    if (pod != null) {
      pod.watch();
    }
  }

  /// @return false for one that is none of these
  boolean stop(InstanceId id, Optional<Duration> grace) {
    Entry entry = entries.get(id);
    if (entry == null) {
      return false;
    }
    entry.retry.cancel();
    Pod pod = entry.instance.pod;
    if (pod == null || pod.isIdle()) {
      entry.instance.stopping = true;
      remove(entry);
      ends.ended(entry.instance, new ExitStatus(-1, 0, "Stopped", ""));
      ends.cleanedUp();
    } else {
      stops.stop(entry.instance, grace);
    }
    return true;
  }

  /// Ends adopted ones of which nobody said that they are wanted.
  void endOrphans() {
    for (Entry entry : List.copyOf(entries.values())) {
      if (entry.workload == null) {
        LOG.log(Level.INFO, "stopping {0}, which nobody wants", entry.instance.id);
        stop(entry.instance.id, Optional.empty());
      }
    }
  }

  /// Room came for one that waits for it.
  ///
  /// @return false for a revision's
  boolean roomCame(RevisionState of) {
    for (Entry entry : entries.values()) {
      if (entry.instance.revision.equals(of)) {
        start(entry);
        return true;
      }
    }
    return false;
  }

  // --- from the workload to a Pod

  private void plan(Entry entry, Workload workload) {
    loop.work(() -> {
      try {
        StartPlan plan = planner.plan(workload);
        loop.execute(() -> planned(entry, plan));
      } catch (StartRefusedException e) {
        loop.execute(() -> failed(entry, e));
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "cannot run " + entry.instance.id, e);
        loop.execute(() -> failed(entry, StartRefusedException.createFailed(e)));
      }
    });
  }

  private void planned(Entry entry, StartPlan plan) {
    if (!(plan instanceof PodPlan pods)) {
      throw new IllegalArgumentException(plan.toString());
    }
    if (!entries.containsKey(entry.instance.id) || entry.instance.stopping) {
      pods.lease().letGo();
      return;
    }
    entry.plan = pods;
    entry.failures = 0;
    Pod adopted = entry.instance.pod;
    if (adopted != null) {
      adopted.planned(pods);
      return;
    }
    start(entry);
  }

  private void failed(Entry entry, StartRefusedException why) {
    Workload workload = entry.workload;
    if (!entries.containsKey(entry.instance.id) || entry.instance.pod != null || workload == null) {
      return;
    }
    entry.failures++;
    if (why.reason().equals("ErrImagePull") && entry.failures > 1) {
      waits(entry, "ImagePullBackOff", "Back-off pulling image: " + why.text());
    } else {
      waits(entry, why.reason(), why.text());
    }
    entry.retry = loop.after(delay(entry), () -> plan(entry, workload));
  }

  private static Duration delay(Entry entry) {
    return delay(entry, FIRST_RETRY, LONGEST_RETRY);
  }

  private static Duration mountDelay(Entry entry) {
    return delay(entry, FIRST_MOUNT, LONGEST_MOUNT);
  }

  private static Duration delay(Entry entry, Duration first, Duration longest) {
    Duration delay = first.multipliedBy(1L << Math.min(entry.failures - 1, 10));
    return delay.compareTo(longest) > 0 ? longest : delay;
  }

  private void start(Entry entry) {
    PodPlan plan = entry.plan;
    RevisionState revision = entry.instance.revision;
    if (plan == null || entry.instance.pod != null || entry.instance.stopping) {
      budget.leave(revision);
      return;
    }
    if (!budget.tryReserve(revision, plan.reservation())) {
      budget.await(revision);
      waits(entry, "Unschedulable", budget.describe(plan.reservation()));
      return;
    }
    budget.leave(revision);
    entry.instance.reservation = plan.reservation();
    entry.reserved = true;
    entry.instance.decidedAt = System.nanoTime();
    Pod pod = new Pod(entry.instance.id, plan, Ends.RESTART, host.orElseThrow(), loop, this);
    entry.instance.pod = pod;
    pod.start();
    events.changed(entry.instance);
  }

  private void waits(Entry entry, String reason, String message) {
    Workload workload = entry.workload;
    if (workload != null) {
      entry.instance.waiting =
          Stream.concat(
                  workload.pod().initContainers().stream(), workload.pod().containers().stream())
              .map(container -> waiting(container, reason, message))
              .toList();
      events.changed(entry.instance);
    }
  }

  private static ContainerState waiting(Container container, String reason, String message) {
    return new ContainerState(
        container.name(),
        ContainerState.Phase.WAITING,
        reason,
        message,
        false,
        false,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "");
  }

  private void publish(Entry entry) {
    Pod pod = entry.instance.pod;
    if (pod != null && pod.isReady()) {
      entry.instance.becomeReady(System.nanoTime());
    }
    events.phaseChanged(entry.instance, Optional.empty());
  }

  // --- what happens to a Pod

  @Override
  public void changed(Pod pod) {
    find(pod)
        .filter(entry -> entry.workload != null)
        .ifPresent(entry -> events.changed(entry.instance));
  }

  @Override
  public void refused(Pod pod, StartRefusedException why) {
    find(pod)
        .ifPresent(entry -> {
          LOG.log(Level.WARNING, "{0}: {1}: {2}", pod.id(), why.reason(), why.text());
          if (entry.instance.stopping) {
            ended(pod, new ExitStatus(-1, 0, "Stopped", ""));
            cleanedUp(pod);
            return;
          }
          entry.failures++;
          events.changed(entry.instance);
          boolean mount = why.reason().equals("FailedMount");
          entry.retry = loop.after(mount ? mountDelay(entry) : delay(entry), pod::start);
        });
  }

  @Override
  public void created(Pod pod, long spawnedAt) {
    find(pod).ifPresent(entry -> entry.instance.spawnedAt = spawnedAt);
  }

  @Override
  public void ready(Pod pod, long bootedAt, long listeningAt) {
    find(pod)
        .filter(entry -> !entry.instance.stopping && entry.workload != null)
        .ifPresent(entry -> {
          entry.instance.bootedAt = bootedAt;
          entry.instance.listeningAt = listeningAt;
          entry.instance.becomeReady(System.nanoTime());
          events.phaseChanged(entry.instance, Optional.empty());
        });
  }

  @Override
  public void crashed(Pod pod, ExitStatus exit) {
    ends.crashed(pod, exit);
  }

  @Override
  public void ended(Pod pod, ExitStatus exit) {
    find(pod)
        .ifPresent(entry -> {
          remove(entry);
          entry.instance.phase = Phase.EXITED;
          ends.ended(entry.instance, exit);
          roomCame.run();
        });
  }

  @Override
  public void cleanedUp(Pod pod) {
    ends.cleanedUp();
  }

  private void remove(Entry entry) {
    entry.retry.cancel();
    entries.remove(entry.instance.id);
    roster.remove(entry.instance);
    budget.leave(entry.instance.revision);
    if (entry.reserved) {
      budget.release(entry.instance.reservation);
    }
    PodPlan plan = entry.plan;
    if (plan != null) {
      plan.lease().letGo();
    }
  }

  private Optional<Entry> find(Pod pod) {
    return Optional.ofNullable(entries.get(pod.id()));
  }
}
