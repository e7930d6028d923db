package dev.ebb.controllers;

import dev.ebb.controllers.Rollout.Pace;
import dev.ebb.controllers.RouteAssignment.Target;
import dev.ebb.dataplane.RevisionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Moves the traffic of targets that follow the latest Revision to a new one gradually: it gets one
/// percent at first, the rest in equal steps. Pure: what it plans follows from what was shown last
/// and from the time.
///
/// A Revision that becomes ready in the middle begins with one percent too; the shares of the
/// newest of the older ones are used up first, for they have proven least. When the percentage of a
/// target is raised, its newest Revision gets the difference; when it is lowered, the oldest lose
/// it. What has one percent or none changes at once.
///
/// Source: Knative Serving's "Gradually rolling out latest Revisions", and its reconciler of
/// Routes.
///
/// @param current as the Route's status shows it
/// @param paces as they were written with it
/// @param over how long it takes; zero for at once
/// @param configurationOf of a Revision that is there
record RolloutPlanner(
    List<Target> current,
    List<Pace> paces,
    Duration over,
    Function<RevisionId, Optional<String>> configurationOf,
    Instant now) {

  /// @param resolved where all traffic shall be in the end
  Rollout plan(List<Target> resolved) {
    if (!over.isPositive()) {
      return Rollout.complete(resolved);
    }
    List<Target> targets = new ArrayList<>();
    List<Pace> going = new ArrayList<>();
    List<Target> goals = joined(resolved);
    for (Target goal : goals) {
      Rollout one = roll(goal, goals.stream().filter(other -> isLike(goal, other)).count() == 1);
      targets.addAll(one.targets());
      going.addAll(one.paces());
    }
    return new Rollout(targets, going);
  }

  /// @param alone whether no other target follows its Configuration: then it goes on when its tag
  ///   changes
  private Rollout roll(Target goal, boolean alone) {
    Rollout complete = Rollout.complete(List.of(goal));
    Optional<String> configuration =
        goal.latestRevision() && goal.percent() > 1
            ? configurationOf.apply(goal.revision())
            : Optional.empty();
    if (configuration.isEmpty()) {
      return complete;
    }
    List<Target> shares = shares(goal, alone, configuration.get());
    if (shares.isEmpty()) {
      return complete;
    }
    boolean begins = !shares.getLast().revision().equals(goal.revision());
    List<Target> older =
        shares.stream().filter(share -> !share.revision().equals(goal.revision())).toList();
    int has = goal.percent() - sum(older);
    String tag = goal.tag().orElse("");
    Pace pace;
    if (begins) {
      older = has > 0 ? older : withoutNewest(older, 1);
      pace = Pace.start(configuration.get(), tag, Math.max(1, sum(older)), over, now);
    } else {
      Optional<Pace> present =
          paces.stream()
              .filter(one -> one.configuration().equals(configuration.get()))
              .filter(one -> alone || one.tag().equals(tag))
              .findFirst();
      if (present.isEmpty()) {
        return complete;
      }
      int steps = present.get().due(now);
      older = withoutNewest(older, steps * present.get().size());
      pace = present.get().after(steps, tag);
    }
    if (older.isEmpty()) {
      return complete;
    }
    List<Target> targets = new ArrayList<>(older);
    targets.add(with(goal, goal.percent() - sum(older)));
    return new Rollout(targets, List.of(pace));
  }

  /// What the Revisions of a target have now, the oldest first, as much as the target shall have
  /// altogether. One that was deleted has nothing.
  private List<Target> shares(Target goal, boolean alone, String configuration) {
    List<Target> shares =
        current.stream()
            .filter(share -> share.latestRevision() && share.percent() > 0)
            .filter(share -> alone || share.tag().equals(goal.tag()))
            .filter(
                share -> configurationOf.apply(share.revision()).equals(Optional.of(configuration)))
            .map(share -> new Target(share.revision(), share.percent(), true, goal.tag()))
            .toList();
    if (shares.isEmpty()) {
      return shares;
    }
    int missing = goal.percent() - sum(shares);
    if (missing <= 0) {
      return without(shares, -missing);
    }
    List<Target> more = new ArrayList<>(shares);
    Target newest = more.removeLast();
    more.add(with(newest, newest.percent() + missing));
    return more;
  }

  private static boolean isLike(Target goal, Target other) {
    return other.latestRevision()
        && other.percent() > 0
        && other.revision().equals(goal.revision());
  }

  /// Several targets without a tag that follow the same Configuration are one.
  private static List<Target> joined(List<Target> targets) {
    Map<Object, Target> joined = new LinkedHashMap<>();
    for (Target target : targets) {
      Object key =
          target.latestRevision() && target.tag().isEmpty() ? target.revision() : new Object();
      joined.merge(key, target, (one, other) -> with(one, one.percent() + other.percent()));
    }
    return List.copyOf(joined.values());
  }

  private static List<Target> withoutNewest(List<Target> shares, int percent) {
    return without(shares.reversed(), percent).reversed();
  }

  /// Takes from the first what it has, then from the next; who has nothing left is dropped.
  private static List<Target> without(List<Target> shares, int percent) {
    List<Target> left = new ArrayList<>();
    int take = percent;
    for (Target share : shares) {
      int taken = Math.min(take, share.percent());
      take -= taken;
      if (share.percent() > taken) {
        left.add(with(share, share.percent() - taken));
      }
    }
    return left;
  }

  private static int sum(List<Target> shares) {
    return shares.stream().mapToInt(Target::percent).sum();
  }

  private static Target with(Target target, int percent) {
    return new Target(target.revision(), percent, target.latestRevision(), target.tag());
  }
}
