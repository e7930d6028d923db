package dev.ebb.images.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.images.distribution.HttpTransport.Request;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Answers challenges: by name and password, or by a token from the server that the challenge
/// names, which is kept until it expires.
///
/// @see <a href="https://distribution.github.io/distribution/spec/auth/token/">token
///   authentication</a>, <a
///   href="https://distribution.github.io/distribution/spec/auth/oauth/">OAuth 2</a> for refresh
///   tokens
final class Authorizer {
  /// The token server said no.
  static final class RefusedException extends IOException {
    private final int status;
    private final byte[] body;

    RefusedException(int status, byte[] body) {
      super("the token server answered with status " + status);
      this.status = status;
      this.body = body;
    }

    int status() {
      return status;
    }

    byte[] body() {
      return body;
    }
  }

  private record Key(String realm, String service, String scope, Optional<Credential> credential) {}

  private record Token(String value, Instant expires) {}

  private static final JsonMapper JSON = new JsonMapper();
  private static final int ANSWER_BYTES = 1 << 20;
  private static final int TOKENS = 1000;
  // What the protocol says where the answer does not.
  private static final Duration LIFE = Duration.ofSeconds(60);
  // A request under way must not outlive its token.
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private final HttpTransport transport;
  private final InstantSource clock;
  private final Map<Key, Token> tokens = new ConcurrentHashMap<>();

  Authorizer(HttpTransport transport, InstantSource clock) {
    this.transport = transport;
    this.clock = clock;
  }

  /// @param header value of `Authorization`
  /// @param kept a token from before, which the registry may know no more
  record Answer(String header, boolean kept) {}

  /// Empty when there is nothing to answer with.
  ///
  /// @param fresh ask for a new token, for the registry refused the one that was kept
  /// @throws RefusedException when the token server refuses the credential
  Optional<Answer> answer(
      AuthChallenge challenge,
      Endpoint endpoint,
      String repository,
      Optional<Credential> credential,
      boolean fresh)
      throws IOException, InterruptedException {
    if (challenge.scheme().equals("basic")) {
      return credential.map(it -> new Answer(basic(it), false));
    }
    var asked = challenge.parameter("scope");
    var key =
        new Key(
            challenge.parameter("realm"),
            challenge.parameter("service"),
            asked.isEmpty() ? "repository:" + repository + ":pull" : asked,
            credential);
    var kept = tokens.get(key);
    if (!fresh && kept != null && clock.instant().isBefore(kept.expires())) {
      return Optional.of(new Answer("Bearer " + kept.value(), true));
    }
    var token = fetch(key, endpoint);
    if (tokens.size() >= TOKENS) {
      tokens.clear();
    }
    tokens.put(key, token);
    return Optional.of(new Answer("Bearer " + token.value(), false));
  }

  private Token fetch(Key key, Endpoint endpoint) throws IOException, InterruptedException {
    var response = transport.send(request(key, realm(key, endpoint), endpoint));
    try (var body = response.body()) {
      var bytes = body.readAtMost(ANSWER_BYTES);
      if (response.statusCode() != 200) {
        throw new RefusedException(response.statusCode(), bytes);
      }
      var json = JSON.readTree(bytes);
      var token = json.path("token").asString(json.path("access_token").asString(""));
      if (token.isEmpty() || token.chars().anyMatch(c -> c < 0x21 || c > 0x7e)) {
        throw new IOException("the token server's answer has no token");
      }
      var life = Duration.ofSeconds(json.path("expires_in").asLong(LIFE.toSeconds()));
      return new Token(token, clock.instant().plus(life).minus(MARGIN));
    } catch (JacksonException e) {
      throw new IOException("the token server's answer is not JSON", e);
    }
  }

  private static Request request(Key key, URI realm, Endpoint endpoint) {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (!key.service().isEmpty()) {
      parameters.put("service", key.service());
    }
    parameters.put("scope", key.scope());
    boolean verified = endpoint.verified() || !isAt(endpoint, realm);
    var refresh = key.credential().map(Credential::identityToken).orElse("");
    if (!refresh.isEmpty()) {
      parameters.put("grant_type", "refresh_token");
      parameters.put("client_id", "ebb");
      parameters.put("refresh_token", refresh);
      return new Request(
          "POST",
          realm,
          verified,
          Map.of("Content-Type", "application/x-www-form-urlencoded"),
          encode(parameters));
    }
    key.credential().ifPresent(it -> parameters.put("account", it.username()));
    var query = realm.getRawQuery() == null ? "?" : "&";
    Map<String, String> headers =
        key.credential().map(it -> Map.of("Authorization", basic(it))).orElse(Map.of());
    return new Request(
        "GET", URI.create(realm + query + encode(parameters)), verified, headers, "");
  }

  private static boolean isAt(Endpoint endpoint, URI realm) {
    return "http".equals(realm.getScheme()) || endpoint.host().equals(realm.getRawAuthority());
  }

  /// A password goes over plain HTTP only where the registry itself may.
  private static URI realm(Key key, Endpoint endpoint) throws IOException {
    try {
      var realm = URI.create(key.realm());
      boolean https = "https".equals(realm.getScheme());
      boolean http = "http".equals(realm.getScheme()) && !endpoint.verified();
      if ((https || http) && realm.getHost() != null && realm.getRawFragment() == null) {
        return realm;
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("its token server's address is no URL", e);
    }
    throw new IOException("its token server is not at an https: URL");
  }

  private static String basic(Credential credential) {
    var text = credential.username() + ":" + credential.password();
    return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static String encode(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(it -> it.getKey() + "=" + URLEncoder.encode(it.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
  }
}
