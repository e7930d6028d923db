package dev.ebb.images.testing;

/// What a [FakeRegistry] does instead of what it should.
public sealed interface Fault {
  /// Sends so many bytes of the body and hangs up.
  record Cut(int bytes) implements Fault {}

  /// Sends so many bytes of the body and then nothing, until the registry is closed.
  record Stall(int bytes) implements Fault {}

  /// Answers with that status.
  ///
  /// @param header one as `Name: value`; empty for none
  record Status(int status, String header, String body) implements Fault {}

  /// Changes the first byte of the body.
  record Corrupt() implements Fault {}

  /// Sends the whole body whatever range was asked for.
  record NoRanges() implements Fault {}

  /// Sends the body over and over, without a length, until the client hangs up.
  record Endless() implements Fault {}
}
