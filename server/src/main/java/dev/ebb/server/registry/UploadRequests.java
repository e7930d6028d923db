package dev.ebb.server.registry;

import dev.ebb.apiserver.Exchange;
import dev.ebb.images.Digest;
import dev.ebb.images.registry.Registry;
import dev.ebb.images.registry.RegistryException;
import dev.ebb.images.registry.RegistryException.Problem;
import dev.ebb.images.registry.Repository;
import dev.ebb.images.registry.UploadChunk;
import dev.ebb.images.registry.Uploads;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// Pushing blobs: end-4, 5, 6, 11, 13 and 14 of the specification.
final class UploadRequests {
  /// A client that sends nothing for so long is gone; it can go on where it was.
  private static final Duration IDLE = Duration.ofSeconds(60);

  private final Registry registry;
  private final Uploads uploads;
  private final RegistryAccess access;
  private final RegistryMetrics metrics;

  UploadRequests(Registry registry, RegistryAccess access, RegistryMetrics metrics) {
    this.registry = registry;
    this.uploads = registry.uploads();
    this.access = access;
    this.metrics = metrics;
  }

  void begin(Repository repository, Exchange exchange) throws IOException {
    exchange
        .query("digest-algorithm")
        .filter(it -> !it.equals("sha256"))
        .ifPresent(UploadRequests::refuseAlgorithm);
    Optional<String> mounted =
        exchange.query("mount").filter(it -> mount(repository, it, exchange));
    if (mounted.isPresent()) {
      created(repository, mounted.get(), exchange);
      return;
    }
    Optional<String> digest = exchange.query("digest");
    if (digest.isPresent()) {
      atOnce(repository, digest.get(), exchange);
      return;
    }
    String id = uploads.begin(repository);
    standing(repository, id, 0, exchange);
    exchange.respond(202, "", new byte[0]);
  }

  void append(RegistryPath.Upload path, Exchange exchange) throws IOException {
    try (InputStream body = body(exchange)) {
      long size = uploads.append(path.repository(), path.id(), chunk(body, exchange));
      standing(path.repository(), path.id(), size, exchange);
    } catch (RegistryException e) {
      tellWhereItStands(e, path, exchange);
      throw e;
    }
    exchange.respond(202, "", new byte[0]);
  }

  void finish(RegistryPath.Upload path, Exchange exchange) throws IOException {
    String digest = exchange.query("digest").orElse("");
    try (InputStream body = body(exchange)) {
      uploads.finish(path.repository(), path.id(), chunk(body, exchange), digest);
    } catch (RegistryException e) {
      tellWhereItStands(e, path, exchange);
      throw e;
    }
    created(path.repository(), digest, exchange);
  }

  void status(RegistryPath.Upload path, Exchange exchange) {
    long size = uploads.size(path.repository(), path.id());
    standing(path.repository(), path.id(), size, exchange);
    exchange.respond(204, "", new byte[0]);
  }

  void cancel(RegistryPath.Upload path, Exchange exchange) {
    uploads.cancel(path.repository(), path.id());
    exchange.respond(204, "", new byte[0]);
  }

  /// Whoever may not read the other repository learns nothing of it, and uploads the blob.
  private boolean mount(Repository to, String digest, Exchange exchange) {
    return exchange
        .query("from")
        .filter(it -> !it.isEmpty())
        .map(Repository::new)
        .filter(from -> access.allows(exchange.user(), RegistryAccess.Verb.GET, from))
        .filter(from -> registry.blobs().mount(from, to, digest))
        .isPresent();
  }

  /// All in one request, which leaves nothing behind when it fails.
  private void atOnce(Repository repository, String digest, Exchange exchange) throws IOException {
    if (!Digest.isValid(digest)) {
      refuseAlgorithm(digest);
    }
    String id = uploads.begin(repository);
    boolean done = false;
    try (InputStream body = body(exchange)) {
      uploads.finish(repository, id, chunk(body, exchange), digest);
      done = true;
    } finally {
      if (!done) {
        cancelIfThere(repository, id);
      }
    }
    created(repository, digest, exchange);
  }

  private void cancelIfThere(Repository repository, String id) {
    try {
      uploads.cancel(repository, id);
    } catch (RegistryException e) {
      if (e.problem() != Problem.UPLOAD_UNKNOWN) {
        throw e;
      }
    }
  }

  private void tellWhereItStands(
      RegistryException refusal, RegistryPath.Upload path, Exchange exchange) {
    if (refusal.problem() == Problem.UPLOAD_OUT_OF_ORDER) {
      standing(path.repository(), path.id(), uploads.size(path.repository(), path.id()), exchange);
    }
  }

  private static void standing(Repository repository, String id, long size, Exchange exchange) {
    exchange.setHeader("Location", "/v2/%s/blobs/uploads/%s".formatted(repository, id));
    exchange.setHeader("Range", "0-" + Math.max(0, size - 1));
    exchange.setHeader("Docker-Upload-UUID", id);
  }

  private static void created(Repository repository, String digest, Exchange exchange) {
    exchange.setHeader("Location", "/v2/%s/blobs/%s".formatted(repository, digest));
    exchange.setHeader("Docker-Content-Digest", digest);
    exchange.respond(201, "", new byte[0]);
  }

  private InputStream body(Exchange exchange) {
    return exchange.hasBody()
        ? metrics.received(exchange.bodyStream(IDLE))
        : InputStream.nullInputStream();
  }

  private static UploadChunk chunk(InputStream body, Exchange exchange) {
    Optional<String> header = exchange.header("Content-Range");
    if (header.isEmpty()) {
      return UploadChunk.of(body);
    }
    ByteRange range =
        ByteRange.ofChunk(header.get())
            .orElseThrow(() ->
                BlobRequests.refusal(
                    400, "BadRequest", "Content-Range is FIRST-LAST, two numbers"));
    return new UploadChunk(body, OptionalLong.of(range.first()), OptionalLong.of(range.length()));
  }

  private static void refuseAlgorithm(String what) {
    throw new RegistryException(
        Problem.DIGEST_INVALID,
        "only digests of 'sha256:' and 64 hexadecimal digits are supported");
  }
}
