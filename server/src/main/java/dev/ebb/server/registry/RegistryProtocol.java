package dev.ebb.server.registry;

import dev.ebb.apiserver.Exchange;
import dev.ebb.apiserver.ForeignProtocol;
import dev.ebb.apiserver.PathRoute;
import dev.ebb.dataplane.MetricSource;
import dev.ebb.images.registry.Registry;
import dev.ebb.images.registry.RegistryException;
import dev.ebb.images.registry.RegistryException.Problem;
import dev.ebb.images.registry.Repository;
import dev.ebb.resources.ApiStatus;
import dev.ebb.resources.rbac.Authorizer;
import dev.ebb.server.registry.RegistryAccess.Verb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// The built-in registry under `/v2`, for podman, buildah, skopeo, crane, docker and every other
/// client of the OCI distribution specification 1.1.
///
/// Clients log in with any user name and a token of the API as the password, or send the token as
/// `Bearer`.
public final class RegistryProtocol implements ForeignProtocol {
  private static final System.Logger LOG = System.getLogger(RegistryProtocol.class.getName());
  private static final String BASIC = "Basic ";

  private final RegistryAccess access;
  private final RegistryMetrics metrics;
  private final BlobRequests blobs;
  private final UploadRequests uploads;
  private final ManifestRequests manifests;
  private final ListRequests lists;

  /// @param authorizer asked before every request
  public RegistryProtocol(Registry registry, Authorizer authorizer) {
    access = new RegistryAccess(authorizer);
    metrics = new RegistryMetrics(registry.uploads()::open);
    blobs = new BlobRequests(registry.blobs(), metrics);
    uploads = new UploadRequests(registry, access, metrics);
    manifests = new ManifestRequests(registry.manifests());
    lists = new ListRequests(registry, access);
  }

  public PathRoute route() {
    return new PathRoute("/v2", this);
  }

  public MetricSource metrics() {
    return metrics;
  }

  /// The password of `Basic` (RFC 7617).
  @Override
  public Optional<String> token(String authorization) {
    if (!authorization.regionMatches(/* ignoreCase= */ true, 0, BASIC, 0, BASIC.length())) {
      return Optional.empty();
    }
    try {
      String pair =
          new String(
              Base64.getDecoder().decode(authorization.substring(BASIC.length()).strip()),
              StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0 ? Optional.empty() : Optional.of(pair.substring(colon + 1));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public void refuse(Exchange exchange, ApiStatus status) {
    refuse(exchange, RegistryError.of(status.code(), status.message()));
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    exchange.setHeader("Docker-Distribution-API-Version", "registry/2.0");
    metrics.requested(exchange.method());
    try {
      RegistryPath path =
          RegistryPath.parse(exchange.path())
              .orElseThrow(
                  () -> BlobRequests.refusal(404, "NotFound", "the registry has no such path"));
      route(path, exchange);
    } catch (RegistryException e) {
      if (e.problem() == Problem.NO_SPACE) {
        LOG.log(System.Logger.Level.WARNING, "An image was not stored: {0}", e.getMessage());
      }
      refuse(exchange, RegistryError.of(e.problem(), String.valueOf(e.getMessage())));
    }
  }

  private void refuse(Exchange exchange, RegistryError error) {
    metrics.refused(error);
    error.send(exchange);
  }

  private void route(RegistryPath path, Exchange exchange) throws IOException {
    switch (path) {
      case RegistryPath.Root _ -> {
        reads(exchange);
        exchange.respond(200, "application/json", "{}".getBytes(StandardCharsets.UTF_8));
      }
      case RegistryPath.Catalog _ -> {
        reads(exchange);
        lists.catalog(exchange);
      }
      case RegistryPath.Tags(Repository repository) -> {
        reads(exchange);
        allow(exchange, Verb.GET, repository);
        lists.tags(repository, exchange);
      }
      case RegistryPath.Referrers referrers -> {
        reads(exchange);
        allow(exchange, Verb.GET, referrers.repository());
        lists.referrers(referrers, exchange);
      }
      case RegistryPath.Blob blob -> blob(blob, exchange);
      case RegistryPath.Manifest manifest -> manifest(manifest, exchange);
      case RegistryPath.Uploads(Repository repository) -> {
        if (!exchange.method().equals("POST")) {
          throw BlobRequests.methodNotAllowed();
        }
        allow(exchange, Verb.CREATE, repository);
        uploads.begin(repository, exchange);
      }
      case RegistryPath.Upload upload -> upload(upload, exchange);
    }
  }

  private void blob(RegistryPath.Blob blob, Exchange exchange) throws IOException {
    switch (exchange.method()) {
      case "GET", "HEAD" -> {
        allow(exchange, Verb.GET, blob.repository());
        blobs.get(blob, exchange);
      }
      case "DELETE" -> {
        allow(exchange, Verb.DELETE, blob.repository());
        blobs.delete(blob, exchange);
      }
      default -> throw BlobRequests.methodNotAllowed();
    }
  }

  private void manifest(RegistryPath.Manifest manifest, Exchange exchange) throws IOException {
    switch (exchange.method()) {
      case "GET", "HEAD" -> {
        allow(exchange, Verb.GET, manifest.repository());
        manifests.get(manifest, exchange);
      }
      case "PUT" -> {
        allow(exchange, Verb.CREATE, manifest.repository());
        manifests.put(manifest, exchange);
      }
      case "DELETE" -> {
        allow(exchange, Verb.DELETE, manifest.repository());
        manifests.delete(manifest, exchange);
      }
      default -> throw BlobRequests.methodNotAllowed();
    }
  }

  private void upload(RegistryPath.Upload upload, Exchange exchange) throws IOException {
    switch (exchange.method()) {
      case "GET", "HEAD", "PATCH", "PUT", "DELETE" ->
          allow(exchange, Verb.CREATE, upload.repository());
      default -> throw BlobRequests.methodNotAllowed();
    }
    switch (exchange.method()) {
      case "PATCH" -> uploads.append(upload, exchange);
      case "PUT" -> uploads.finish(upload, exchange);
      case "DELETE" -> uploads.cancel(upload, exchange);
      default -> uploads.status(upload, exchange);
    }
  }

  private static void reads(Exchange exchange) {
    if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
      throw BlobRequests.methodNotAllowed();
    }
  }

  private void allow(Exchange exchange, Verb verb, Repository repository) {
    access.require(exchange.user(), verb, repository);
  }
}
