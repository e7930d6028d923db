package dev.ebb.dataplane;

import java.util.Map;

/// A gateway's statistics, read once a second by the one autoscaler.
public interface StatsSource {
  /// For every known revision, since the last call.
  Map<RevisionId, RevisionStats> collect();
}
