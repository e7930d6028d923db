package dev.ebb.apiserver.spdy;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// Blocks of headers, compressed with one zlib context for each direction of a session. The reading
/// side belongs to one thread, the writing side to whoever holds the lock of the output.
///
/// @see <a href="https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/">SPDY/3.1,
///   section 2.6.10</a>
final class SpdyHeaders implements AutoCloseable {
  /// What a block may grow to; Kubernetes sends three short headers.
  static final int MAX_BYTES = 16 << 10;

  private final Inflater inflater = new Inflater();
  private final Deflater deflater = new Deflater();

  SpdyHeaders() {
    deflater.setDictionary(SpdyDictionary.get());
  }

  /// @throws SpdyException when the block is damaged or larger than [#MAX_BYTES]
  Map<String, String> read(byte[] compressed) throws SpdyException {
    ByteBuffer block = ByteBuffer.wrap(inflate(compressed));
    Map<String, String> headers = new TreeMap<>();
    try {
      int count = block.getInt();
      for (int i = 0; i < count; i++) {
        String name = text(block).toLowerCase(Locale.ROOT);
        if (name.isEmpty() || headers.put(name, text(block)) != null) {
          throw new SpdyException("a header without a name, or twice");
        }
      }
    } catch (BufferUnderflowException e) {
      throw new SpdyException("a block of headers that ends too early");
    }
    if (block.hasRemaining()) {
      throw new SpdyException("a block of headers with something behind it");
    }
    return headers;
  }

  byte[] write(Map<String, String> headers) {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    number(plain, headers.size());
    headers.forEach((name, value) -> {
      text(plain, name.toLowerCase(Locale.ROOT));
      text(plain, value);
    });
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    byte[] buffer = new byte[512];
    deflater.setInput(plain.toByteArray());
    int count;
    do {
      count = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
      compressed.write(buffer, 0, count);
    } while (count == buffer.length);
    return compressed.toByteArray();
  }

  @Override
  public void close() {
    inflater.end();
    deflater.end();
  }

  private byte[] inflate(byte[] compressed) throws SpdyException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    byte[] buffer = new byte[1024];
    inflater.setInput(compressed);
    try {
      while (true) {
        int count = inflater.inflate(buffer);
        if (count > 0) {
          plain.write(buffer, 0, count);
          if (plain.size() > MAX_BYTES) {
            throw new SpdyException("more than %d bytes of headers".formatted(MAX_BYTES));
          }
        } else if (inflater.needsDictionary()) {
          inflater.setDictionary(SpdyDictionary.get());
        } else {
          break;
        }
      }
    } catch (DataFormatException | IllegalArgumentException e) {
      // The latter: compressed with another dictionary.
      throw new SpdyException("headers that cannot be decompressed: " + e.getMessage());
    }
    return plain.toByteArray();
  }

  private static String text(ByteBuffer block) throws SpdyException {
    int length = block.getInt();
    if (length < 0 || length > block.remaining()) {
      throw new SpdyException("a header longer than its block");
    }
    byte[] bytes = new byte[length];
    block.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void text(ByteArrayOutputStream into, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(into, bytes.length);
    into.writeBytes(bytes);
  }

  private static void number(ByteArrayOutputStream into, int number) {
    into.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
  }
}
