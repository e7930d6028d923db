package dev.ebb.eventing.embedded;

/// An event that a cursor has in hands. Guarded by the lock of its stream.
final class Held {
  /// What is going on with it.
  enum Phase {
    /// May be leased out.
    READY,
    /// Comes again at [#due].
    DELAYED,
    /// Leased out until [#due].
    LEASED
  }

  final long sequence;

  final int bytes;
  int attempts;
  Phase phase = Phase.READY;

  /// In milliseconds; what it means depends on the phase.
  long due;

  /// When it was to come again, in milliseconds, 0 for at once: what the log has.
  long notBefore;

  /// Names the lease.
  long token;

  /// Something is on its way to the disk that ends the lease: till then it does not lapse.
  int settling;

  Held(long sequence, int bytes) {
    this.sequence = sequence;
    this.bytes = bytes;
  }

  Entry.Handed.Item item() {
    return new Entry.Handed.Item(sequence, attempts, notBefore, bytes);
  }
}
