package dev.ebb.images.registry;

import java.io.InputStream;
import java.util.OptionalLong;

/// Bytes that are appended to an upload.
///
/// @param bytes read to their end; not closed
/// @param start where the client believes that the upload stands; empty when it does not say
/// @param length how many bytes the client says there are; empty when it does not say
public record UploadChunk(InputStream bytes, OptionalLong start, OptionalLong length) {
  public static UploadChunk of(InputStream bytes) {
    return new UploadChunk(bytes, OptionalLong.empty(), OptionalLong.empty());
  }
}
