package dev.ebb.server.registry;

import dev.ebb.apiserver.Exchange;
import dev.ebb.images.registry.RepositoryManifests;
import dev.ebb.images.registry.StoredManifest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// Manifests: end-3, 7 and 9 of the specification.
final class ManifestRequests {
  private static final Duration IDLE = Duration.ofSeconds(30);

  private final RepositoryManifests manifests;

  ManifestRequests(RepositoryManifests manifests) {
    this.manifests = manifests;
  }

  void get(RegistryPath.Manifest path, Exchange exchange) {
    StoredManifest manifest = manifests.get(path.repository(), path.reference());
    exchange.setHeader("Docker-Content-Digest", manifest.digest());
    exchange.setHeader("ETag", "\"" + manifest.digest() + "\"");
    exchange.respond(200, manifest.mediaType(), manifest.bytes());
  }

  void put(RegistryPath.Manifest path, Exchange exchange) throws IOException {
    List<String> tags = exchange.queryAll("tag");
    RepositoryManifests.Stored stored =
        manifests.put(
            path.repository(), path.reference(), tags, contentType(exchange), body(exchange));
    exchange.setHeader(
        "Location", "/v2/%s/manifests/%s".formatted(path.repository(), stored.digest()));
    exchange.setHeader("Docker-Content-Digest", stored.digest());
    stored.subject().ifPresent(it -> exchange.setHeader("OCI-Subject", it));
    if (!tags.isEmpty()) {
      exchange.setHeader("OCI-Tag", List.copyOf(stored.tags()));
    }
    exchange.respond(201, "", new byte[0]);
  }

  void delete(RegistryPath.Manifest path, Exchange exchange) {
    manifests.delete(path.repository(), path.reference());
    exchange.respond(202, "", new byte[0]);
  }

  /// One byte more than is allowed is enough to tell that it is too much.
  private static byte[] body(Exchange exchange) throws IOException {
    if (!exchange.hasBody()) {
      return new byte[0];
    }
    try (InputStream body = exchange.bodyStream(IDLE)) {
      return body.readNBytes(RepositoryManifests.MAXIMUM_BYTES + 1);
    }
  }

  private static String contentType(Exchange exchange) {
    String header = exchange.header("Content-Type").orElse("");
    int parameters = header.indexOf(';');
    return (parameters < 0 ? header : header.substring(0, parameters))
        .strip()
        .toLowerCase(Locale.ROOT);
  }
}
