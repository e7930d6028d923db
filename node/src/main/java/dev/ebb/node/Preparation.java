package dev.ebb.node;

import dev.ebb.dataplane.Workload;
import dev.ebb.node.pods.PodPlan;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Works out the plans of revisions beside the loop. Only the node's loop touches it.
final class Preparation {
  private final NodeLoop loop;
  private final Planner planner;
  private final Consumer<RevisionState> done;

  /// @param done gets a revision that has a new plan, or a refusal instead
  Preparation(NodeLoop loop, Planner planner, Consumer<RevisionState> done) {
    this.loop = loop;
    this.planner = planner;
    this.done = done;
  }

  void prepare(RevisionState revision) {
    var workload = revision.workload;
    if (workload == null) {
      return;
    }
    letGo(revision.plan);
    revision.plan = null;
    revision.refusal = null;
    revision.cancelRetry();
    loop.work(() -> {
      try {
        var plan = planner.plan(workload);
        loop.execute(() -> prepared(revision, workload, plan));
      } catch (StartRefusedException e) {
        loop.execute(() -> refused(revision, workload, e));
      } catch (RuntimeException e) {
        var refusal = StartRefusedException.createFailed(e);
        loop.execute(() -> refused(revision, workload, refusal));
      }
    });
  }

  void forget(RevisionState revision) {
    planner.forget(revision.id);
    letGo(revision.plan);
    revision.plan = null;
  }

  private void prepared(RevisionState revision, Workload workload, StartPlan plan) {
    if (workload.equals(revision.workload)) {
      revision.plan = plan;
      done.accept(revision);
    } else {
      letGo(plan);
    }
  }

  /// Its images may be collected, when no instance holds them.
  private static void letGo(@Nullable StartPlan plan) {
    if (plan instanceof PodPlan pods) {
      pods.lease().letGo();
    }
  }

  private void refused(RevisionState revision, Workload workload, StartRefusedException why) {
    if (workload.equals(revision.workload)) {
      revision.refusal = why;
      done.accept(revision);
    }
  }
}
