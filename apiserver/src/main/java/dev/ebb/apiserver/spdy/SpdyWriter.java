package dev.ebb.apiserver.spdy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// Writes frames, each in one call. Thread-safe.
final class SpdyWriter {
  static final int FIN = 1;

  private static final int CONTROL = 0x8003_0000;

  private final OutputStream output;
  private final SpdyHeaders headers;
  private final Lock lock = new ReentrantLock();

  SpdyWriter(OutputStream output, SpdyHeaders headers) {
    this.output = output;
    this.headers = headers;
  }

  void data(int stream, boolean fin, byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(8 + length);
    frame.putInt(stream).putInt((fin ? FIN : 0) << 24 | length).put(bytes, offset, length);
    write(frame.array());
  }

  void synReply(int stream, Map<String, String> fields) throws IOException {
    // Headers depend on those before them, so they are compressed in the order of their frames.
    lock.lock();
    try {
      byte[] block = headers.write(fields);
      output.write(
          control(2, /* fin= */ false, 4 + block.length).putInt(stream).put(block).array());
    } finally {
      lock.unlock();
    }
  }

  void rstStream(int stream, int status) throws IOException {
    write(control(3, /* fin= */ false, 8).putInt(stream).putInt(status).array());
  }

  void ping(int id) throws IOException {
    write(control(6, /* fin= */ false, 4).putInt(id).array());
  }

  void goAway(int lastStream, int status) throws IOException {
    write(control(7, /* fin= */ false, 8).putInt(lastStream).putInt(status).array());
  }

  void windowUpdate(int stream, int delta) throws IOException {
    write(control(9, /* fin= */ false, 8).putInt(stream).putInt(delta).array());
  }

  private void write(byte[] frame) throws IOException {
    lock.lock();
    try {
      output.write(frame);
    } finally {
      lock.unlock();
    }
  }

  private static ByteBuffer control(int type, boolean fin, int length) {
    return ByteBuffer.allocate(8 + length)
        .putInt(CONTROL | type)
        .putInt((fin ? FIN : 0) << 24 | length);
  }
}
