package dev.ebb.images.layers;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// Leaves out the skippable frames of a zstd stream, which the decoder does not know; layers of the
/// kind `zstd:chunked` have several. Where a frame ends is said by its blocks, which are walked
/// over without being decoded.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc8878.html">RFC 8878, section 3.1</a>
final class ZstdFrames extends InputStream {
  private static final int FRAME = 0xfd2f_b528;
  private static final int SKIPPABLE = 0x184d_2a50;
  private static final int SKIPPABLE_MASK = 0xffff_fff0;
  private static final int[] DICTIONARY_BYTES = {0, 1, 2, 4};
  private static final int[] SIZE_BYTES = {0, 2, 4, 8};
  private static final int RLE = 1;
  private static final int BUFFER = 64 * 1024;

  private final InputStream in;

  /// What the next bytes of the input are.
  private enum At {
    FRAME,
    BLOCK,
    CHECKSUM
  }

  private At next = At.FRAME;
  private boolean hasChecksum;
  private byte[] head = new byte[0];
  private int headAt;
  private long content;

  ZstdFrames(InputStream in) {
    this.in = new BufferedInputStream(in, BUFFER);
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (headAt == head.length && content == 0) {
      if (!advance()) {
        return -1;
      }
    }
    if (headAt < head.length) {
      int count = Math.min(length, head.length - headAt);
      System.arraycopy(head, headAt, buffer, offset, count);
      headAt += count;
      return count;
    }
    int count = in.read(buffer, offset, (int) Math.min(length, content));
    if (count < 0) {
      throw new EOFException("the zstd stream ends within a frame");
    }
    content -= count;
    return count;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private boolean advance() throws IOException {
    switch (next) {
      case FRAME -> {
        return frame();
      }
      case BLOCK -> {
        pass(exactly(3));
        int header = littleEndian(head, 0, 3);
        boolean last = (header & 1) != 0;
        content = ((header >> 1) & 3) == RLE ? 1 : header >>> 3;
        if (last) {
          next = hasChecksum ? At.CHECKSUM : At.FRAME;
        }
      }
      case CHECKSUM -> {
        pass(exactly(4));
        next = At.FRAME;
      }
    }
    return true;
  }

  private boolean frame() throws IOException {
    int first = in.read();
    if (first < 0) {
      return false;
    }
    var magic = new byte[] {(byte) first, 0, 0, 0};
    System.arraycopy(exactly(3), 0, magic, 1, 3);
    int number = littleEndian(magic, 0, 4);
    if ((number & SKIPPABLE_MASK) == SKIPPABLE) {
      in.skipNBytes(littleEndian(exactly(4), 0, 4) & 0xffff_ffffL);
      return true;
    }
    if (number != FRAME) {
      throw new IOException("no zstd frame, or it is damaged");
    }
    int descriptor = exactly(1)[0] & 0xff;
    boolean singleSegment = (descriptor & 0x20) != 0;
    hasChecksum = (descriptor & 0x04) != 0;
    int sizeFlag = descriptor >> 6;
    int size = sizeFlag == 0 && singleSegment ? 1 : SIZE_BYTES[sizeFlag];
    var rest = exactly((singleSegment ? 0 : 1) + DICTIONARY_BYTES[descriptor & 3] + size);
    var header = new byte[5 + rest.length];
    System.arraycopy(magic, 0, header, 0, 4);
    header[4] = (byte) descriptor;
    System.arraycopy(rest, 0, header, 5, rest.length);
    pass(header);
    next = At.BLOCK;
    return true;
  }

  private void pass(byte[] bytes) {
    head = bytes;
    headAt = 0;
  }

  private byte[] exactly(int count) throws IOException {
    var bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("the zstd stream ends within a frame");
    }
    return bytes;
  }

  private static int littleEndian(byte[] bytes, int offset, int count) {
    int value = 0;
    for (int i = count - 1; i >= 0; i--) {
      value = (value << 8) | (bytes[offset + i] & 0xff);
    }
    return value;
  }
}
