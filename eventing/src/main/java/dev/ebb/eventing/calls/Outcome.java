package dev.ebb.eventing.calls;

import java.time.Duration;

/// What came of an attempt.
sealed interface Outcome {
  /// Nothing is left to do.
  record Done() implements Outcome {}

  /// Another attempt.
  ///
  /// @param delay from now
  /// @param status of the answer, 0 when there was none
  record Again(Duration delay, int status, String error) implements Outcome {}

  /// It could not be tried, for nobody had room: as if it had not been leased.
  record Refused(Duration delay, String error) implements Outcome {}

  /// No attempt will help.
  record Dead(Death death) implements Outcome {}
}
