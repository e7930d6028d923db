package dev.ebb.eventing.embedded;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// A clock that stands until it is moved.
final class ManualClock implements InstantSource {
  private volatile Instant now = Instant.parse("2026-11-22T00:00:00Z");

  @Override
  public Instant instant() {
    return now;
  }

  synchronized void advance(Duration by) {
    now = now.plus(by);
  }
}
