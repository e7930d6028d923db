package dev.ebb.dataplane;

import java.net.SocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One running copy of a revision, as of now.
///
/// @param ready it takes requests now: in phase READY, while each of its containers is ready
/// @param address where it answers; empty until it is ready
/// @param pid of its first process on this machine; 0 before it exists
/// @param wanted false when it ends because somebody asked for it: no failure
/// @param exit present in phase EXITED: of the container that takes requests
/// @param ip its own address, for `status.podIP`; empty while it has none, and where instances
///   share the machine's network
/// @param containers init containers first, in the order of the workload; empty where the node runs
///   plain processes
public record Instance(
    InstanceId id,
    RevisionId revision,
    Phase phase,
    boolean ready,
    Optional<SocketAddress> address,
    long pid,
    Instant createdAt,
    Optional<StartupPhases> startup,
    boolean wanted,
    Optional<ExitStatus> exit,
    String ip,
    List<ContainerState> containers) {
  public Instance {
    containers = List.copyOf(containers);
  }

  /// A plain process.
  public Instance(
      InstanceId id,
      RevisionId revision,
      Phase phase,
      Optional<SocketAddress> address,
      long pid,
      Instant createdAt,
      Optional<StartupPhases> startup,
      boolean wanted,
      Optional<ExitStatus> exit) {
    this(
        id,
        revision,
        phase,
        phase == Phase.READY,
        address,
        pid,
        createdAt,
        startup,
        wanted,
        exit,
        "",
        List.of());
  }

  /// Phases follow each other in this order; READY and DRAINING may be left out.
  public enum Phase {
    STARTING,
    /// Was ready once, and is to go on; see `ready` for whether it is now.
    READY,
    /// Gets no new requests; ends when those in flight are done.
    DRAINING,
    EXITED
  }
}
