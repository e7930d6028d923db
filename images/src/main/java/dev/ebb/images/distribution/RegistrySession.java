package dev.ebb.images.distribution;

import dev.ebb.images.distribution.Authorizer.Answer;
import dev.ebb.images.distribution.HttpTransport.Request;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Requests for one image to one endpoint with one credential: authorized, and tried again while
/// that can help. Thread-safe.
final class RegistrySession {
  /// What all sessions share.
  record Kit(
      HttpTransport transport,
      Authorizer authorizer,
      RetryPolicy retries,
      Pause pause,
      InstantSource clock) {}

  private static final int ERROR_BYTES = 1 << 16;

  private final Kit kit;
  private final ImageReference image;
  private final Endpoint endpoint;
  private final Optional<Credential> credential;
  // As the endpoint said last; a race of two requests ends with an equal one.
  private volatile Optional<AuthChallenge> challenge = Optional.empty();

  RegistrySession(
      Kit kit, ImageReference image, Endpoint endpoint, Optional<Credential> credential) {
    this.kit = kit;
    this.image = image;
    this.endpoint = endpoint;
    this.credential = credential;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  Optional<Credential> credential() {
    return credential;
  }

  /// Whether the other one asks the same endpoint with the same credential.
  boolean isLike(RegistrySession other) {
    return endpoint.equals(other.endpoint) && credential.equals(other.credential);
  }

  ImageReference image() {
    return image;
  }

  /// Takes what it wants of an answer. It closes the body, unless it hands that on.
  interface Reader<T> {
    T read(HttpResponse<BodyStream> response) throws IOException, InterruptedException;
  }

  /// What the reader takes of a successful answer (status 2xx, or 416).
  ///
  /// @throws ImageException for every other answer, or none
  <T> T send(String method, URI url, Map<String, String> headers, Reader<T> reader)
      throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        var response = sendAuthorized(method, url, headers);
        int status = response.statusCode();
        if (status / 100 == 2 || status == 416) {
          return reader.read(response);
        }
        var failure = failure(response);
        if (status != 429 && status != 408 && status / 100 != 5) {
          throw failure;
        }
        var asked =
            response
                .headers()
                .firstValue("Retry-After")
                .flatMap(it -> RegistryErrors.retryAfter(it, kit.clock().instant()));
        kit.pause().await(kit.retries().pauseAfter(attempt, asked).orElseThrow(() -> failure));
      } catch (Authorizer.RefusedException e) {
        throw RegistryErrors.ofStatus(image, endpoint.host(), e.status(), e.body(), credential);
      } catch (IOException e) {
        var failure = RegistryErrors.ofFailure(image, endpoint.host(), e);
        if (!RegistryErrors.isPassing(e)) {
          throw failure;
        }
        kit.pause()
            .await(kit.retries().pauseAfter(attempt, Optional.empty()).orElseThrow(() -> failure));
      }
    }
  }

  /// At most three requests: as was learned before, as it asks to be answered, and, where that was
  /// with a token that it has forgotten, with a new one.
  private HttpResponse<BodyStream> sendAuthorized(
      String method, URI url, Map<String, String> headers)
      throws IOException, InterruptedException {
    var answer = answer(false);
    var response = sendOnce(method, url, headers, answer);
    if (response.statusCode() != 401) {
      return response;
    }
    var asked = AuthChallenge.choose(response.headers().allValues("WWW-Authenticate"));
    if (asked.isEmpty()) {
      return response;
    }
    boolean same = asked.equals(challenge);
    challenge = asked;
    boolean kept = answer.filter(Answer::kept).isPresent();
    if (same && !kept) {
      return response;
    }
    var second = answer(kept);
    if (second.isEmpty()) {
      return response;
    }
    response.body().close();
    response = sendOnce(method, url, headers, second);
    if (response.statusCode() == 401 && second.get().kept()) {
      response.body().close();
      response = sendOnce(method, url, headers, answer(true));
    }
    return response;
  }

  private Optional<Answer> answer(boolean fresh) throws IOException, InterruptedException {
    var known = challenge;
    return known.isEmpty()
        ? Optional.empty()
        : kit.authorizer().answer(known.get(), endpoint, image.repository(), credential, fresh);
  }

  private HttpResponse<BodyStream> sendOnce(
      String method, URI url, Map<String, String> headers, Optional<Answer> answer)
      throws IOException, InterruptedException {
    Map<String, String> all = new HashMap<>(headers);
    all.put("User-Agent", "ebb");
    answer.ifPresent(it -> all.put("Authorization", it.header()));
    return kit.transport().send(new Request(method, url, endpoint.verified(), all, ""));
  }

  private ImageException failure(HttpResponse<BodyStream> response)
      throws IOException, InterruptedException {
    try (var body = response.body()) {
      return RegistryErrors.ofStatus(
          image, endpoint.host(), response.statusCode(), body.readAtMost(ERROR_BYTES), credential);
    }
  }
}
