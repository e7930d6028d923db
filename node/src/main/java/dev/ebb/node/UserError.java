package dev.ebb.node;

import dev.ebb.dataplane.ExitStatus;
import java.time.Duration;
import java.util.Optional;

/// The end of an instance that only the user can mend: a syntax error, a missing import, no handler
/// of that name. The language runtimes end with 78 then (`EX_CONFIG` of sysexits.h), before they
/// listen. The same code would end in the same way a second later, so the revision rests.
final class UserError {
  static final int EXIT_CODE = 78;

  /// A request after so long gets another attempt, for what the code needs may be there by then: a
  /// Secret, a service that it asks while it is loaded.
  static final Duration REST = Duration.ofSeconds(60);

  private UserError() {}

  /// What to tell those who ask meanwhile; empty where another attempt may help at once.
  static Optional<StartRefusedException> rest(RunningInstance instance, ExitStatus exit) {
    if (exit.code() != EXIT_CODE || instance.wasReady()) {
      return Optional.empty();
    }
    var output = exit.lastLogLines().strip();
    return Optional.of(
        new StartRefusedException(
            "ExitCode" + EXIT_CODE,
            "Container failed with: %s (exit code %d)"
                .formatted(output.isEmpty() ? "no output" : output, EXIT_CODE),
            true));
  }
}
