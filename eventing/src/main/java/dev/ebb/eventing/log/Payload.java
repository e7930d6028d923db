package dev.ebb.eventing.log;

import java.io.InputStream;

/// The bytes of an event. Small ones are in memory already, large ones are read as they are asked
/// for. Thread-safe.
public interface Payload {
  long length();

  /// A stream of its own for each caller, from the beginning, to be closed. It may be opened until
  /// the event is acknowledged everywhere, trimmed or expired, and read to its end when it was
  /// opened in time.
  ///
  /// @throws DamagedEventException when the bytes are gone; reading throws it too, at the latest in
  ///   place of the end, when they are not those that were written
  InputStream open();

  /// All of it, in memory. The array may be shared and must not be modified.
  ///
  /// @throws DamagedEventException as [#open]
  byte[] bytes();
}
