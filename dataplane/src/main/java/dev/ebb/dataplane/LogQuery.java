package dev.ebb.dataplane;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Which output to read.
///
/// @param revisions output of all instances, past and present, of these
/// @param instance only of this one
/// @param container only of this one of the instance's containers, and only its last run; empty for
///   all runs of all
/// @param previous the run before the last instead
/// @param tailLines the last so many lines; -1 for all that is kept
/// @param follow go on until closed, or until the one instance has ended
/// @param timestamps RFC 3339 before each line: when the node first saw it
/// @param prefix the instance's name in brackets before each line
public record LogQuery(
    List<RevisionId> revisions,
    Optional<InstanceId> instance,
    Optional<String> container,
    boolean previous,
    int tailLines,
    boolean follow,
    Optional<Instant> since,
    boolean timestamps,
    boolean prefix) {
  public LogQuery {
    revisions = List.copyOf(revisions);
  }

  /// Of all containers.
  public LogQuery(
      List<RevisionId> revisions,
      Optional<InstanceId> instance,
      int tailLines,
      boolean follow,
      Optional<Instant> since,
      boolean timestamps,
      boolean prefix) {
    this(
        revisions, instance, Optional.empty(), false, tailLines, follow, since, timestamps, prefix);
  }

  public LogQuery ofContainer(String name, boolean previousRun) {
    return new LogQuery(
        revisions,
        instance,
        Optional.of(name),
        previousRun,
        tailLines,
        follow,
        since,
        timestamps,
        prefix);
  }
}
