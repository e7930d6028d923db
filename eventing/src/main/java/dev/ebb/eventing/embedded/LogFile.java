package dev.ebb.eventing.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A file that is open. Thread-safe.
public interface LogFile extends AutoCloseable {

  /// Fills the buffer as far as the file goes.
  ///
  /// @return how many bytes were read, 0 at the end of the file or behind it
  int read(ByteBuffer into, long position) throws IOException;

  /// Writes all of the buffer.
  ///
  /// @throws NoSpaceException when the disk is full; some of it may be written
  void write(ByteBuffer from, long position) throws IOException;

  void truncate(long size) throws IOException;

  /// Returns when the bytes and the size of the file are durable. When it fails, it is unknown
  /// which of what was written since the last time are, and will remain so: Linux drops pages that
  /// it could not write, and calls the next sync a success.
  void sync() throws IOException;

  long size() throws IOException;

  @Override
  void close();
}
