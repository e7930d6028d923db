package dev.ebb.images.distribution;

import dev.ebb.images.Digest;
import dev.ebb.images.distribution.ImageException.Reason;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One image at all places where it may be: its mirrors, then its own host, with each credential
/// that is for it. What worked last is tried first. Thread-safe.
final class RemoteImage {
  /// A manifest as it was sent; its digest is that of these bytes.
  static final class Fetched {
    private final String digest;
    private final byte[] bytes;
    private final String contentType;

    Fetched(String digest, byte[] bytes, String contentType) {
      this.digest = digest;
      this.bytes = bytes;
      this.contentType = contentType;
    }

    String digest() {
      return digest;
    }

    byte[] bytes() {
      return bytes;
    }

    String contentType() {
      return contentType;
    }
  }

  /// The body of a blob, from an offset on.
  record BlobBody(long offset, BodyStream stream) {}

  private interface Attempt<T> {
    T with(RegistrySession session) throws InterruptedException;
  }

  private interface Place {
    Endpoint endpoint() throws IOException, InterruptedException;
  }

  /// Failures of this machine, which no other place mends.
  private static final Set<Reason> FINAL = EnumSet.of(Reason.NO_SPACE, Reason.TOO_LARGE);

  private static final String ACCEPT = String.join(", ", MediaTypes.MANIFESTS);

  private final RegistrySession.Kit kit;
  private final Endpoints endpoints;
  private final ImageReference image;
  private final PullCredentials credentials;
  private volatile Optional<RegistrySession> working = Optional.empty();

  RemoteImage(
      RegistrySession.Kit kit,
      Endpoints endpoints,
      ImageReference image,
      PullCredentials credentials) {
    this.kit = kit;
    this.endpoints = endpoints;
    this.image = image;
    this.credentials = credentials;
  }

  ImageReference image() {
    return image;
  }

  /// The digest that the image has now, and who may have it. By HEAD, which Docker Hub does not
  /// count as a pull.
  Permit permit() throws InterruptedException {
    return first(
        session -> {
          var url = session.endpoint().manifest(image.repository(), image.version());
          var digest =
              session.send("HEAD", url, Map.of("Accept", ACCEPT), RemoteImage::digestHeader);
          return new Permit(image.digest().orElse(digest), session.credential());
        },
        permit ->
            permit.digest().isEmpty()
                ? new Permit(manifest(image.version()).digest(), permit.credential())
                : permit);
  }

  /// @param version a tag, or a digest that the bytes are proved to have
  Fetched manifest(String version) throws InterruptedException {
    return first(session -> manifest(session, version), it -> it);
  }

  /// The bytes from that offset on, or all of them when the registry cannot do that. The caller
  /// closes the stream and proves the digest.
  BlobBody blob(String digest, long offset) throws InterruptedException {
    return first(session -> blob(session, digest, offset), it -> it);
  }

  private static Fetched manifest(RegistrySession session, String version)
      throws InterruptedException {
    var image = session.image();
    var url = session.endpoint().manifest(image.repository(), version);
    var fetched = session.send("GET", url, Map.of("Accept", ACCEPT), RemoteImage::fetched);
    if (fetched.bytes().length > ManifestDocument.MAXIMUM_BYTES) {
      throw new ImageException(
          Reason.INVALID,
          image
              + ": its manifest is larger than "
              + (ManifestDocument.MAXIMUM_BYTES >> 20)
              + " MiB");
    }
    if (Digest.isValid(version) && !fetched.digest().equals(version)) {
      throw new ImageException(
          Reason.DIGEST_MISMATCH,
          image
              + ": the manifest from "
              + session.endpoint().host()
              + " has the digest "
              + fetched.digest());
    }
    return fetched;
  }

  private static Fetched fetched(HttpResponse<BodyStream> response)
      throws IOException, InterruptedException {
    try (var body = response.body()) {
      var bytes = body.readAtMost(ManifestDocument.MAXIMUM_BYTES);
      return new Fetched(Digest.of(bytes), bytes, contentType(response));
    }
  }

  private static String digestHeader(HttpResponse<BodyStream> response) {
    response.body().close();
    return response
        .headers()
        .firstValue("Docker-Content-Digest")
        .filter(Digest::isValid)
        .orElse("");
  }

  private static BlobBody blob(RegistrySession session, String digest, long offset)
      throws InterruptedException {
    var url = session.endpoint().blob(session.image().repository(), digest);
    Map<String, String> headers =
        offset == 0
            ? Map.of("Accept-Encoding", "identity")
            : Map.of("Accept-Encoding", "identity", "Range", "bytes=" + offset + "-");
    var response = session.send("GET", url, headers, it -> it);
    if (response.statusCode() == 416
        || (response.statusCode() == 206 && !isFrom(offset, response))) {
      response.body().close();
      if (offset == 0) {
        throw new ImageException(
            Reason.UNREACHABLE,
            session.image() + ": " + session.endpoint().host() + " refuses to send " + digest);
      }
      return blob(session, digest, 0);
    }
    return new BlobBody(response.statusCode() == 206 ? offset : 0, response.body());
  }

  private static boolean isFrom(long offset, HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("Content-Range")
        .filter(it -> it.startsWith("bytes " + offset + "-"))
        .isPresent();
  }

  private static String contentType(HttpResponse<?> response) {
    var value = response.headers().firstValue("Content-Type").orElse("");
    return Arrays.stream(value.split(";")).findFirst().orElse("").strip();
  }

  private interface Then<T> {
    T apply(T value) throws InterruptedException;
  }

  private <T> T first(Attempt<T> attempt, Then<T> then) throws InterruptedException {
    var known = working;
    var failure = Optional.<ImageException>empty();
    if (known.isPresent()) {
      try {
        return then.apply(attempt.with(known.get()));
      } catch (ImageException e) {
        failure = Optional.of(orThrowFinal(e));
        endpoints.forget(known.get().endpoint());
        working = Optional.empty();
      }
    }
    for (var place : places()) {
      try {
        for (var session : sessionsAt(place.endpoint(), known)) {
          try {
            var result = then.apply(attempt.with(session));
            working = Optional.of(session);
            return result;
          } catch (ImageException e) {
            if (e.reason() != Reason.UNAUTHORIZED && e.reason() != Reason.NOT_FOUND) {
              throw e;
            }
            failure = Optional.of(e);
          }
        }
      } catch (IOException e) {
        failure = Optional.of(RegistryErrors.ofFailure(image, image.host(), e));
      } catch (ImageException e) {
        failure = Optional.of(orThrowFinal(e));
      }
    }
    throw failure.orElseThrow();
  }

  private static ImageException orThrowFinal(ImageException failure) {
    if (FINAL.contains(failure.reason())) {
      throw failure;
    }
    return failure;
  }

  /// One for each credential, as the kubelet tries them: without one only where there is none.
  ///
  /// @param failed is not tried again
  private List<RegistrySession> sessionsAt(Endpoint endpoint, Optional<RegistrySession> failed) {
    // A mirror is another host: it gets what is meant for it, not what is meant for its origin.
    var there =
        new ImageReference(endpoint.host(), image.repository(), image.tag(), image.digest());
    List<Optional<Credential>> matching =
        new ArrayList<>(credentials.matching(there).stream().map(Optional::of).toList());
    if (matching.isEmpty()) {
      matching.add(Optional.empty());
    }
    return matching.stream()
        .map(it -> new RegistrySession(kit, image, endpoint, it))
        .filter(it -> failed.filter(it::isLike).isEmpty())
        .toList();
  }

  private List<Place> places() {
    List<Place> places = new ArrayList<>();
    endpoints.mirrors(image.host()).forEach(it -> places.add(() -> it));
    places.add(() -> endpoints.origin(image.host()));
    return places;
  }
}
