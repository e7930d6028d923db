package dev.ebb.dataplane;

import java.time.Duration;

/// Where the time of a start went; a request's wait in the queue is measured by the gateway.
///
/// @param create from the decision to start until the process exists: package, directories, sandbox
/// @param boot from there until the program's first sign of life (its runtime began to load code)
/// @param init from there until it listened: loading the user's code
/// @param ready from there until the first successful probe was seen and published
public record StartupPhases(Duration create, Duration boot, Duration init, Duration ready) {
  public Duration total() {
    return create.plus(boot).plus(init).plus(ready);
  }
}
