package dev.ebb.images.layers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;

/// Blobs as registries keep them, whole and damaged.
final class Compressed {
  private Compressed() {}

  static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  static byte[] zstd(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zstd = new io.airlift.compress.v3.zstd.ZstdOutputStream(out)) {
      zstd.write(bytes);
    }
    return out.toByteArray();
  }

  static byte[] skippableFrame(String content) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x5e, 0x2a, 0x4d, 0x18, (byte) content.length(), 0, 0, 0});
    out.writeBytes(content.getBytes(UTF_8));
    return out.toByteArray();
  }

  /// One frame of a window of 1 MiB, and one block that is stored as it is.
  static byte[] rawFrame(byte[] content) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, 10 << 3});
    int header = (content.length << 3) | 1;
    out.writeBytes(new byte[] {(byte) header, (byte) (header >> 8), (byte) (header >> 16)});
    out.writeBytes(content);
    return out.toByteArray();
  }

  static byte[] cut(byte[] bytes, int length) {
    return java.util.Arrays.copyOf(bytes, length);
  }

  static byte[] corrupt(byte[] bytes, int at) {
    bytes[at] ^= 0x55;
    return bytes;
  }
}
