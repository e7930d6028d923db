package dev.ebb.images.layers;

import dev.ebb.images.Digest;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.LayerCompression;
import io.airlift.compress.v3.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.zip.GZIPInputStream;

/// The bytes of a layer's archive: decompressed, counted, and hashed for the layer's diff id.
final class UnpackedStream extends InputStream {
  private static final int BUFFER = 256 * 1024;

  private final InputStream in;
  private final LayerBudget budget;
  private final MessageDigest hash = Digest.sha256();

  private UnpackedStream(InputStream in, LayerBudget budget) {
    this.in = in;
    this.budget = budget;
  }

  /// @param blob the layer as it is stored; closed with this
  static UnpackedStream open(InputStream blob, LayerCompression compression, LayerBudget budget)
      throws IOException {
    return new UnpackedStream(
        new BufferedInputStream(
            switch (compression) {
              case NONE -> blob;
              case GZIP -> new GZIPInputStream(blob, BUFFER);
              case ZSTD -> new ZstdInputStream(new ZstdFrames(blob));
            },
            BUFFER),
        budget);
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count = in.read(buffer, offset, length);
    if (count > 0) {
      hash.update(buffer, offset, count);
      budget.unpacked(count);
    }
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    var skipped = new byte[(int) Math.min(count, BUFFER)];
    return Math.max(0, read(skipped, 0, skipped.length)); // What is skipped is hashed too.
  }

  /// Reads what is left, and compares.
  ///
  /// @throws ImageException DIGEST_MISMATCH
  void verify(String diffId) throws IOException {
    var rest = new byte[BUFFER];
    int count;
    do {
      count = read(rest, 0, rest.length);
    } while (count >= 0);
    var digest = Digest.of(hash);
    if (!digest.equals(diffId)) {
      throw new ImageException(
          Reason.DIGEST_MISMATCH,
          "a layer of the image is not what its configuration says: its archive is %s, not %s"
              .formatted(digest, diffId));
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
