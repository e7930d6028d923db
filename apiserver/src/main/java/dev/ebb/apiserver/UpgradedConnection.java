package dev.ebb.apiserver;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.http.Header;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.webserver.CloseConnectionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// The bytes of a connection after `101 Switching Protocols`. Input and output may be used by
/// different threads.
///
/// @see Exchange#upgrade
public final class UpgradedConnection {
  private final DataReader reader;
  private final DataWriter writer;
  private final ConnectionInput clock;
  private final Thread owner = Thread.currentThread();
  private final Lock lock = new ReentrantLock();
  private final InputStream input = new Input();
  private final OutputStream output = new Output();

  UpgradedConnection(DataReader reader, DataWriter writer, ConnectionInput clock) {
    this.reader = reader;
    this.writer = writer;
    this.clock = clock;
  }

  /// What the client sends; ends when it ends its side.
  public InputStream input() {
    return input;
  }

  /// Each write goes out whole and at once; it waits while the client does not read.
  public OutputStream output() {
    return output;
  }

  /// Sends the head of the answer (RFC 9110, section 15.2.2).
  void begin(String protocol, ServerResponseHeaders headers) throws IOException {
    StringBuilder head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
    head.append("Connection: Upgrade\r\nUpgrade: ").append(protocol).append("\r\n");
    for (Header header : headers) {
      for (String value : header.allValues()) {
        head.append(header.name()).append(": ").append(value).append("\r\n");
      }
    }
    clock.streaming();
    output.write(HelidonExchange.utf8(head.append("\r\n").toString()));
  }

  /// Ends what the handler waits for: the interrupt of a virtual thread that reads or writes closes
  /// its socket. Any thread.
  public void end() {
    owner.interrupt();
  }

  private final class Input extends InputStream {
    @Override
    public int read() throws IOException {
      return await() ? reader.read() & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!await()) {
        return -1;
      }
      return reader.readBuffer(Math.min(length, reader.available())).read(into, offset, length);
    }

    @Override
    public int available() {
      return reader.available();
    }

    /// @return false at the end
    private boolean await() throws IOException {
      try {
        reader.ensureAvailable();
        return true;
      } catch (DataReader.InsufficientDataAvailableException e) {
        return false;
      } catch (CloseConnectionException e) {
        throw new IOException("cannot read from the client", e);
      }
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      lock.lock();
      try {
        writer.writeNow(BufferData.create(bytes, offset, length));
        clock.moved();
      } catch (UncheckedIOException e) {
        throw new IOException("cannot write to the client", e);
      } finally {
        lock.unlock();
      }
    }
  }
}
