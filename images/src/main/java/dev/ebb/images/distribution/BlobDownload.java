package dev.ebb.images.distribution;

import dev.ebb.images.BlobWriter;
import dev.ebb.images.Blobs;
import dev.ebb.images.Digest;
import dev.ebb.images.DigestMismatchException;
import dev.ebb.images.distribution.ImageException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// One blob's way from a registry into the store: hashed and written as it arrives, and after a cut
/// connection or an earlier try continued where it ended.
final class BlobDownload {
  // As large as the second-level cache of a core takes: hashed and written while it is there.
  private static final int BUFFER_BYTES = 1 << 18;

  private static final long PROGRESS_BYTES = 1 << 20;

  private final Blobs blobs;
  private final RegistrySession.Kit kit;
  private final RemoteImage remote;
  private final Descriptor blob;
  private final PullListener listener;
  private long toldAt;

  BlobDownload(
      Blobs blobs,
      RegistrySession.Kit kit,
      RemoteImage remote,
      Descriptor blob,
      PullListener listener) {
    this.blobs = blobs;
    this.kit = kit;
    this.remote = remote;
    this.blob = blob;
    this.listener = listener;
  }

  /// @throws ImageException when it cannot be had; what arrived is kept unless it is wrong or the
  ///   disk is full
  void run() throws InterruptedException {
    try (var writer = blobs.writer(Digest.hex(blob.digest()))) {
      try {
        transfer(writer);
        writer.commit(blob.digest(), kit.clock().instant());
      } catch (DigestMismatchException e) {
        throw new ImageException(
            Reason.DIGEST_MISMATCH, remote.image() + ": " + e.getMessage() + " as promised", e);
      } catch (IOException e) {
        // What fills the disk keeps nothing from working that could run without it.
        if (DiskFull.isCause(e)) {
          writer.discard();
        }
        throw e;
      }
    } catch (IOException e) {
      throw DiskFull.toImageException(remote.image(), e);
    }
    listener.progress(blob.digest(), blob.size(), blob.size());
  }

  private void transfer(BlobWriter writer) throws IOException, InterruptedException {
    if (writer.size() > blob.size()) {
      writer.restart();
    }
    int attempt = 0;
    while (writer.size() < blob.size()) {
      long before = writer.size();
      var failure = receive(writer);
      if (failure.isEmpty()) {
        return;
      }
      // As long as something arrives each time, it ends.
      attempt = writer.size() > before ? 1 : attempt + 1;
      var pause = kit.retries().pauseAfter(attempt, Optional.empty());
      kit.pause().await(pause.orElseThrow(failure::get));
    }
  }

  /// @return why the transfer ended early; empty when it did not
  private Optional<ImageException> receive(BlobWriter writer)
      throws IOException, InterruptedException {
    var body = remote.blob(blob.digest(), writer.size());
    if (body.offset() != writer.size()) {
      writer.restart();
    }
    var buffer = new byte[BUFFER_BYTES];
    try (var stream = body.stream()) {
      while (true) {
        int read;
        try {
          read = stream.readNBytes(buffer);
        } catch (IOException e) {
          return Optional.of(RegistryErrors.ofFailure(remote.image(), remote.image().host(), e));
        }
        if (writer.size() + read > blob.size()) {
          writer.discard();
          throw mismatch("more than");
        }
        if (read == 0) {
          break;
        }
        writer.write(ByteBuffer.wrap(buffer, 0, read));
        tell(writer.size());
      }
    }
    if (writer.size() < blob.size()) {
      writer.discard();
      throw mismatch("fewer than");
    }
    return Optional.empty();
  }

  private void tell(long done) {
    if (done - toldAt >= PROGRESS_BYTES) {
      toldAt = done;
      listener.progress(blob.digest(), done, blob.size());
    }
  }

  private ImageException mismatch(String what) {
    return new ImageException(
        Reason.DIGEST_MISMATCH,
        "%s: the registry sends %s the %d bytes of %s that the manifest promises"
            .formatted(remote.image(), what, blob.size(), blob.digest()));
  }
}
