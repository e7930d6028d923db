package dev.ebb.node;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.RevisionId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/// What a later server must know to adopt an instance.
///
/// @param startTime of the process, see [ProcessStat]; with the boot it names one process for ever
/// @param hash of what it runs, see [StartPlan]
/// @param memoryLimit bytes; 0 for none
/// @param reservation bytes in the machine's budget
record InstanceRecord(
    InstanceId id,
    RevisionId revision,
    long pid,
    long startTime,
    String bootId,
    Path socket,
    String hash,
    Instant createdAt,
    long memoryLimit,
    long reservation,
    Duration terminationGrace) {
  /// Whether the process of this record still runs.
  boolean isAlive(String currentBootId) {
    return bootId.equals(currentBootId)
        && ProcessStat.read(pid)
            .filter(stat -> stat.startTime() == startTime && stat.state() != 'Z')
            .isPresent();
  }
}
