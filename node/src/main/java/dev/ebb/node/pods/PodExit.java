package dev.ebb.node.pods;

import dev.ebb.dataplane.ExitStatus;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a Pod as a whole ended with. Pure.
final class PodExit {
  private PodExit() {}

  /// Of the container whose end was the Pod's, else of an init container that failed, else of the
  /// one that takes requests.
  static ExitStatus of(@Nullable PodContainer cause, List<PodContainer> containers) {
    Optional<ExitStatus> failed = cause == null ? Optional.empty() : cause.exit;
    return failed
        .or(() ->
            containers.stream()
                .filter(one ->
                    !one.plan.sidecar()
                        && one.plan.init()
                        && one.exit.isPresent()
                        && !one.succeeded())
                .findFirst()
                .flatMap(one -> one.exit))
        .or(() ->
            containers.stream()
                .filter(one -> !one.plan.init())
                .findFirst()
                .flatMap(one -> one.exit))
        .orElseGet(() -> new ExitStatus(-1, 0, "Stopped", ""));
  }
}
