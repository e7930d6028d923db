package dev.ebb.eventing.embedded;

import java.time.InstantSource;

/// What can be chosen about an embedded log.
///
/// @param clock gives events their times, and says when leases lapse
/// @param segmentBytes a segment is closed when it has so many bytes of events; 4 KiB to 512 MiB
/// @param inlineBytes larger payloads go to files of their own; at most 256 KiB
/// @param maxPayloadBytes larger payloads are refused; at most 1 GiB
/// @param waitingBytes operations that wait for the disk may take so much memory; more are refused
public record EmbeddedLogSettings(
    InstantSource clock,
    int segmentBytes,
    int inlineBytes,
    long maxPayloadBytes,
    long waitingBytes) {
  static final int MAX_ATTRIBUTES = 1 << 16;

  public EmbeddedLogSettings {
    require("segmentBytes", segmentBytes, 1 << 12, 1 << 29);
    require("inlineBytes", inlineBytes, 0, 1 << 18);
    require("maxPayloadBytes", maxPayloadBytes, 1, 1 << 30);
    require("waitingBytes", waitingBytes, 1, Long.MAX_VALUE);
  }

  private static void require(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be from %d to %d, not %d".formatted(name, least, most, value));
    }
  }

  /// Segments of 64 MiB: closing one costs a checkpoint and two more syncs, reading one back at
  /// recovery 50 ms. Payloads up to 64 KiB inline, 128 MiB at most; 64 MiB may wait.
  public static EmbeddedLogSettings defaults() {
    return new EmbeddedLogSettings(InstantSource.system(), 64 << 20, 64 << 10, 128 << 20, 64 << 20);
  }

  public EmbeddedLogSettings withClock(InstantSource source) {
    return new EmbeddedLogSettings(
        source, segmentBytes, inlineBytes, maxPayloadBytes, waitingBytes);
  }

  public EmbeddedLogSettings withSegmentBytes(int bytes) {
    return new EmbeddedLogSettings(clock, bytes, inlineBytes, maxPayloadBytes, waitingBytes);
  }

  public EmbeddedLogSettings withInlineBytes(int bytes) {
    return new EmbeddedLogSettings(clock, segmentBytes, bytes, maxPayloadBytes, waitingBytes);
  }

  public EmbeddedLogSettings withMaxPayloadBytes(long bytes) {
    return new EmbeddedLogSettings(clock, segmentBytes, inlineBytes, bytes, waitingBytes);
  }

  public EmbeddedLogSettings withWaitingBytes(long bytes) {
    return new EmbeddedLogSettings(clock, segmentBytes, inlineBytes, maxPayloadBytes, bytes);
  }
}
