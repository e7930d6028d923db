package dev.ebb.dataplane;

import java.util.Map;

/// What is yet to be done of asynchronous calls, read once a second by the one autoscaler for
/// revisions that are scaled by it ([ScalingPolicy.Metric#BACKLOG]).
@FunctionalInterface
public interface BacklogSource {
  /// @param ready of each revision that is asked for, how many of its instances take requests: as
  ///   many calls may be made at once
  /// @return calls that were accepted and are not done, those that are being made or wait to be
  ///   made again included; a revision that has none may be left out
  Map<RevisionId, Long> collect(Map<RevisionId, Integer> ready);
}
