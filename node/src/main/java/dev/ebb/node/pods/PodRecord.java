package dev.ebb.node.pods;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.node.ProcessStat;
import dev.ebb.node.network.NetworkLease;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What a later server must know to adopt a Pod, or to clean up after it.
///
/// @param alone no revision scales it: whoever runs it says again that it is wanted
/// @param hash of what it runs, see [PodPlan]
/// @param port where requests go; 0 for a worker
/// @param reservation bytes in the machine's budget
public record PodRecord(
    InstanceId id,
    RevisionId revision,
    boolean alone,
    String bootId,
    String hash,
    int port,
    Instant createdAt,
    long reservation,
    Duration terminationGrace,
    String hostname,
    NetworkLease network,
    List<Container> containers) {
  public PodRecord {
    containers = List.copyOf(containers);
  }

  /// @param run number of its present or last run
  /// @param pid of its first process; 0 when none runs
  /// @param startTime of the process, see [ProcessStat]; with the boot it names one process for
  ///   ever
  /// @param finished will not be started again
  /// @param bySocket a function whose requests come by a unix socket
  public record Container(
      String name,
      String image,
      boolean init,
      boolean sidecar,
      int stopSignal,
      int run,
      String runtimeId,
      long pid,
      long startTime,
      boolean started,
      boolean ready,
      boolean finished,
      long startedAtMillis,
      boolean bySocket) {
    boolean isAlive() {
      return pid > 0
          && ProcessStat.read(pid)
              .filter(stat -> stat.startTime() == startTime && stat.state() != 'Z')
              .isPresent();
    }
  }

  boolean bySocket() {
    return containers.stream().anyMatch(Container::bySocket);
  }

  /// Whether any of its containers still runs.
  public boolean isAlive(String currentBootId) {
    return bootId.equals(currentBootId) && containers.stream().anyMatch(Container::isAlive);
  }
}
