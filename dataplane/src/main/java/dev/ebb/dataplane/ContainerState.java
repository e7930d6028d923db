package dev.ebb.dataplane;

import java.time.Instant;
import java.util.Optional;

/// One container of an instance, as of now: what a Pod's `status.containerStatuses` shows.
///
/// @param reason of WAITING: `ContainerCreating`, `PodInitializing`, `CrashLoopBackOff`,
///   `ErrImagePull`, ...; else empty
/// @param message what there is to say about the reason
/// @param started its startup probe succeeded, or it has none and runs
/// @param ready it takes requests
/// @param restarts how often it was started again
/// @param startedAt of the present run, or of the last
/// @param finishedAt of the last run
/// @param exit of the present run, in TERMINATED
/// @param lastExit of the run before
/// @param imageDigest `REPOSITORY@sha256:...` of what runs; empty until it is known
public record ContainerState(
    String name,
    Phase phase,
    String reason,
    String message,
    boolean started,
    boolean ready,
    int restarts,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt,
    Optional<ExitStatus> exit,
    Optional<ExitStatus> lastExit,
    String imageDigest) {
  public enum Phase {
    WAITING,
    RUNNING,
    TERMINATED
  }
}
