package dev.ebb.server.registry;

import dev.ebb.apiserver.Exchange;
import dev.ebb.apiserver.ResponseStream;
import dev.ebb.images.registry.RepositoryBlobs;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/// Reading and deleting blobs: end-2 and end-10 of the specification.
final class BlobRequests {
  private static final int BUFFER = 128 << 10;

  private final RepositoryBlobs blobs;
  private final RegistryMetrics metrics;

  BlobRequests(RepositoryBlobs blobs, RegistryMetrics metrics) {
    this.blobs = blobs;
    this.metrics = metrics;
  }

  void get(RegistryPath.Blob path, Exchange exchange) throws IOException {
    long size = blobs.size(path.repository(), path.digest());
    Optional<ByteRange> range =
        exchange.method().equals("HEAD")
            ? Optional.empty()
            : ByteRange.of(exchange.header("Range"), size);
    ByteRange sent = range.orElse(new ByteRange(0, size - 1));
    exchange.setHeader("Docker-Content-Digest", path.digest());
    exchange.setHeader("Accept-Ranges", "bytes");
    if (range.isPresent() && sent.length() <= 0) {
      exchange.setHeader("Content-Range", "bytes */" + size);
      RegistryError.of(416, "the blob has %d bytes".formatted(size)).send(exchange);
      return;
    }
    if (range.isPresent()) {
      exchange.setHeader(
          "Content-Range", "bytes %d-%d/%d".formatted(sent.first(), sent.last(), size));
    }
    exchange.setHeader("Content-Length", Long.toString(sent.length()));
    try (InputStream bytes = blobs.open(path.repository(), path.digest(), sent.first());
        ResponseStream response =
            exchange.stream(range.isPresent() ? 206 : 200, "application/octet-stream", () -> {})) {
      if (!exchange.method().equals("HEAD")) {
        copy(bytes, sent.length(), response);
      }
    }
  }

  void delete(RegistryPath.Blob path, Exchange exchange) {
    blobs.delete(path.repository(), path.digest());
    exchange.respond(202, "", new byte[0]);
  }

  private void copy(InputStream bytes, long length, ResponseStream response) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (long left = length; left > 0 && !response.ended(); ) {
      int count = bytes.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (count < 0) {
        response.abandon();
        throw new EOFException("a blob is shorter than it was");
      }
      response.write(buffer, 0, count);
      metrics.sent(count);
      left -= count;
    }
  }

  static ApiException methodNotAllowed() {
    return refusal(405, "MethodNotAllowed", "this method is not supported here");
  }

  static ApiException refusal(int status, String reason, String message) {
    return new ApiException(new ApiStatus(status, reason, message, "", "", "", List.of()));
  }
}
