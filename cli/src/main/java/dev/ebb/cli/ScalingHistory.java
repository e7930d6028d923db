package dev.ebb.cli;

import dev.ebb.cli.ScalingState.Change;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The autoscaler's last decisions, as `ebb describe` tells them. Pure.
final class ScalingHistory {
  private ScalingHistory() {}

  /// @return nothing for revisions about which nothing was ever decided
  static List<String> lines(List<ScalingState> states, Instant now) {
    List<String> lines = new ArrayList<>();
    for (ScalingState state : states) {
      if (state.atRest() && state.changes().isEmpty()) {
        continue;
      }
      lines.add(
          "  %s: %d ready of %d%s"
              .formatted(
                  state.revision(),
                  state.ready(),
                  state.desired(),
                  state.atRest() ? "" : "; " + state.reason()));
      for (Change change : state.changes().reversed()) {
        lines.add(
            "    %-8s %s  %s"
                .formatted(
                    Ages.age(Optional.of(change.at()), now),
                    change.from() + " -> " + change.to(),
                    change.reason()));
      }
    }
    return lines;
  }
}
