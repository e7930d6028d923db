package dev.ebb.eventing.log;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/// An event whose payload comes in pieces. For one thread at a time.
///
/// Small payloads stay in memory; of larger ones no more than a piece does. The event takes its
/// place in the order when it is committed.
public interface Upload extends AutoCloseable {

  /// Takes all of the buffer; blocks while the disk is written.
  ///
  /// @throws EventTooLargeException beyond the limit of the log, as soon as that is known
  /// @throws DiskFullException when there is no room; what was written is removed by [#close]
  void write(ByteBuffer piece);

  /// How much was written, in bytes.
  long length();

  /// Ends the payload; blocks until a large one is on the disk. As [EventStream#append] otherwise.
  CompletableFuture<Long> commit(byte[] attributes);

  /// Drops what was written unless it was committed.
  @Override
  void close();
}
