package dev.ebb.node;

import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What is wanted of a revision and what there is. Only the node's loop touches it.
final class RevisionState {
  final RevisionId id;
  final Backoff backoff = new Backoff();
  final List<RunningInstance> instances = new ArrayList<>();

  /// Absent while only adopted instances are known.
  @Nullable Workload workload;

  /// Absent while it is being worked out, or when that failed.
  @Nullable StartPlan plan;

  /// Why the last plan failed, until the next is asked for.
  @Nullable StartRefusedException refusal;

  /// The lasting refusal was told to those who ask now.
  boolean told;

  /// Why nothing is started for now, although the plan is good: set together with `restsUntil`.
  @Nullable StartRefusedException rest;

  /// When who asks again gets another attempt; a moment of `System.nanoTime`.
  long restsUntil;

  /// The hash of the plan of its last instance that got ready; empty before.
  String proven = "";

  int desired;

  /// When the present `desired` was asked for: cold starts are measured from here.
  long desiredAt;

  /// The next attempt after a failure.
  @Nullable ScheduledFuture<?> retry;

  /// `unregister` was called; forgotten with its last instance.
  boolean leaving;

  RevisionState(RevisionId id) {
    this.id = id;
  }

  /// How many of its instances that are not to end are such.
  int count(Predicate<RunningInstance> which) {
    return (int) instances.stream().filter(one -> !one.stopping).filter(which).count();
  }

  /// Whether it runs something else than one that is started now.
  boolean isOutdated(RunningInstance instance) {
    return plan != null && !instance.hash.equals(plan.hash());
  }

  void cancelRetry() {
    if (retry != null) {
      retry.cancel(false);
      retry = null;
    }
  }
}
