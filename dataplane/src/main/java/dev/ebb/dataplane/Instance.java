package dev.ebb.dataplane;

import java.net.SocketAddress;
import java.time.Instant;
import java.util.Optional;

/// One running copy of a revision, as of now.
///
/// @param address where it answers; empty until it is ready
/// @param pid of its first process on this machine; 0 before it exists
/// @param wanted false when it ends because somebody asked for it: no failure
/// @param exit present in phase EXITED
public record Instance(
    InstanceId id,
    RevisionId revision,
    Phase phase,
    Optional<SocketAddress> address,
    long pid,
    Instant createdAt,
    Optional<StartupPhases> startup,
    boolean wanted,
    Optional<ExitStatus> exit) {
  /// Phases follow each other in this order; READY and DRAINING may be left out.
  public enum Phase {
    STARTING,
    READY,
    /// Gets no new requests; ends when those in flight are done.
    DRAINING,
    EXITED
  }
}
