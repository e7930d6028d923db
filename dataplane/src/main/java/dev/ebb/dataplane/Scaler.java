package dev.ebb.dataplane;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Decides how many instances each revision has. Thread-safe.
public interface Scaler extends Demand {
  /// Makes a revision known, or changes its policy with effect from the next tick. A new revision
  /// starts at its initial scale.
  void register(RevisionId revision, ScalingPolicy policy);

  void remove(RevisionId revision);

  /// Sets the count of a revision whose policy has [ScalingPolicy.Metric#USE], within its bounds;
  /// without effect on others and on those that are not known.
  ///
  /// @param count at least 1
  /// @param why in words, for [ScalingDecision#explanation]
  void prescribe(RevisionId revision, int count, String why);

  /// Forgets what load there was: from the next tick on a revision without requests has the least
  /// that its policy allows, without waiting for a window, a delay or a retention to pass. Without
  /// effect on one that is not known.
  void rest(RevisionId revision);

  Optional<ScalingDecision> lastDecision(RevisionId revision);

  /// The latest decisions that changed the count, the last of them last. How many is the scaler's
  /// choice; none of a revision that is not known.
  List<ScalingDecision> lastChanges(RevisionId revision);

  /// From now on tells of each revision whose desired count changed. The listener must be quick: it
  /// is called where the decision is made.
  Subscription subscribe(Consumer<RevisionId> listener);
}
