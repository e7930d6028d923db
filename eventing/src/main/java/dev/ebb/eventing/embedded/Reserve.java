package dev.ebb.eventing.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Room on the disk that is given up when the disk is full, so that acknowledgements can still be
/// written: without them nothing could ever be deleted. Thread-safe.
final class Reserve {
  static final String NAME = "reserve";

  private static final int LEAST = 8 << 10;
  private static final int SHARE = 16;

  private final LogFiles files;
  private final int bytes;
  private boolean present;

  /// A directory may have very many files: it is listed once only.
  private boolean known;

  /// @param segmentBytes a share of this is kept: 4 MiB of 64, which is what it takes to
  ///   acknowledge a segment of events of 500 bytes, one by one
  Reserve(LogFiles files, int segmentBytes) {
    this.files = files;
    bytes = Math.max(LEAST, segmentBytes / SHARE);
  }

  /// Makes it when it is not there.
  ///
  /// @throws NoSpaceException when there is no room
  synchronized void keep() throws IOException {
    if (present) {
      return;
    }
    if (!isThere()) {
      String unfinished = NAME + Recovery.UNFINISHED;
      files.delete(unfinished);
      try (LogFile file = files.create(unfinished)) {
        file.write(ByteBuffer.allocate(bytes), 0);
        file.sync();
      } catch (IOException e) {
        files.delete(unfinished);
        throw e;
      }
      files.rename(unfinished, NAME);
    }
    present = true;
  }

  /// @return whether there was one
  synchronized boolean giveUp() throws IOException {
    boolean was = isThere();
    if (was) {
      files.delete(NAME);
      present = false;
    }
    return was;
  }

  private boolean isThere() throws IOException {
    if (!known) {
      present = files.list().contains(NAME);
      known = true;
    }
    return present;
  }
}
