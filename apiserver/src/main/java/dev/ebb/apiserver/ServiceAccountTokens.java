package dev.ebb.apiserver;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.Resources;
import dev.ebb.resources.rbac.Subject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Issues and recognises the tokens of ServiceAccounts, with Kubernetes' claims.
///
/// A token is good for as long as the very ServiceAccount lives that it was issued for, and the
/// very Pod or Secret that it was bound to: each request looks at their uids.
///
/// @see <a
///   href="https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/">Managing
///   Service Accounts</a>
public final class ServiceAccountTokens {
  /// What Kubernetes calls itself unless it is told otherwise; also the audience of this server.
  static final String ISSUER = "https://kubernetes.default.svc.cluster.local";

  private static final String LEGACY_ISSUER = "kubernetes/serviceaccount";
  private static final String PRIVATE = "kubernetes.io";
  private static final String LEGACY = PRIVATE + "/serviceaccount/";
  private static final String EXTRA = "authentication.kubernetes.io/";

  /// Clocks of one machine agree, but a token may be used in the very second of its making.
  private static final long LEEWAY_SECONDS = 10;

  private final Resources resources;
  private final SigningKey key;
  private final JsonWebTokens tokens;
  private final RunningPods running;
  private final InstantSource clock;

  /// What runs: asked where no Pod shows it yet, and where its Pod was told to end, for what it
  /// does at its end may need the API. Thread-safe.
  @FunctionalInterface
  public interface RunningPods {
    RunningPods NONE = (namespace, name, uid) -> false;

    boolean runs(String namespace, String name, String uid);
  }

  /// What a token dies with.
  ///
  /// @param kind `Pod` or `Secret`
  public record Bound(String kind, String name, String uid) {
    static Bound to(KubernetesObject object) {
      return new Bound(object.groupVersionKind().kind(), object.name(), object.uid());
    }
  }

  ServiceAccountTokens(
      Resources resources, SigningKey key, RunningPods running, InstantSource clock) {
    this.resources = resources;
    this.key = key;
    this.tokens = new JsonWebTokens(key);
    this.running = running;
    this.clock = clock;
  }

  /// With the key of a server; made when there is none.
  ///
  /// @param pki its directory
  public static ServiceAccountTokens open(
      Resources resources, Path pki, RunningPods running, InstantSource clock) {
    return new ServiceAccountTokens(resources, SigningKey.readOrCreate(pki), running, clock);
  }

  SigningKey key() {
    return key;
  }

  /// A token, the moment of its making, and that of its end.
  public record Issued(String token, Instant start, Instant end) {
    /// Not the token: whoever reads a log must not get it.
    @Override
    public String toString() {
      return "Issued[until " + end + "]";
    }
  }

  /// Nothing is written. Signing takes a fraction of a millisecond of the processor.
  ///
  /// @param audiences this server's own where there are none
  /// @param seconds for how long it is good
  /// @param bound with which the token dies, too
  public Issued issue(
      KubernetesObject account, List<String> audiences, long seconds, Optional<Bound> bound) {
    Instant now = Instant.ofEpochSecond(clock.instant().getEpochSecond());
    Instant end = now.plusSeconds(seconds);
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    (audiences.isEmpty() ? List.of(ISSUER) : audiences).forEach(claims.putArray("aud")::add);
    claims
        .put("exp", end.getEpochSecond())
        .put("iat", now.getEpochSecond())
        .put("iss", ISSUER)
        .put("jti", UUID.randomUUID().toString());
    ObjectNode own = claims.putObject(PRIVATE).put("namespace", account.namespace());
    bound.ifPresent(object ->
        own.putObject(object.kind().equals("Pod") ? "pod" : "secret")
            .put("name", object.name())
            .put("uid", object.uid()));
    own.putObject("serviceaccount").put("name", account.name()).put("uid", account.uid());
    claims.put("nbf", now.getEpochSecond());
    claims.put("sub", Subject.serviceAccount(account.namespace(), account.name()));
    return new Issued(tokens.sign(claims), now, end);
  }

  /// The token of a Secret of type `kubernetes.io/service-account-token`: without an end, it dies
  /// with the Secret.
  String issueFor(KubernetesObject account, KubernetesObject secret) {
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    claims
        .put("iss", LEGACY_ISSUER)
        .put(LEGACY + "namespace", account.namespace())
        .put(LEGACY + "secret.name", secret.name())
        .put(LEGACY + "service-account.name", account.name())
        .put(LEGACY + "service-account.uid", account.uid())
        .put("sub", Subject.serviceAccount(account.namespace(), account.name()));
    return tokens.sign(claims);
  }

  /// @param audiences for any of whom the token has to be
  Optional<Authenticator.Authenticated> authenticate(String token, List<String> audiences) {
    return tokens
        .claims(token)
        .flatMap(claims ->
            switch (claims.path("iss").asString("")) {
              case ISSUER -> bound(claims, audiences);
              case LEGACY_ISSUER -> legacy(token, claims, audiences);
              default -> Optional.empty();
            });
  }

  private Optional<Authenticator.Authenticated> bound(JsonNode claims, List<String> audiences) {
    long now = clock.instant().getEpochSecond();
    boolean current =
        claims.path("exp").asLong(0) > now && claims.path("nbf").asLong(0) <= now + LEEWAY_SECONDS;
    List<String> held =
        claims.path("aud").valueStream().map(audience -> audience.asString("")).toList();
    List<String> common = audiences.stream().filter(held::contains).toList();
    JsonNode own = claims.path(PRIVATE);
    String namespace = own.path("namespace").asString("");
    if (!current
        || common.isEmpty()
        || !lives(CoreKinds.SERVICE_ACCOUNT, namespace, own.path("serviceaccount"))
        || (own.has("pod") && !podLives(namespace, own.path("pod")))
        || (own.has("secret") && !lives(CoreKinds.SECRET, namespace, own.path("secret")))) {
      return Optional.empty();
    }
    Map<String, List<String>> extra = new LinkedHashMap<>();
    extra.put(EXTRA + "credential-id", List.of("JTI=" + claims.path("jti").asString("")));
    if (own.has("pod")) {
      extra.put(EXTRA + "pod-name", List.of(own.path("pod").path("name").asString("")));
      extra.put(EXTRA + "pod-uid", List.of(own.path("pod").path("uid").asString("")));
    }
    JsonNode account = own.path("serviceaccount");
    return Optional.of(
        new Authenticator.Authenticated(
            user(
                namespace,
                account.path("name").asString(""),
                account.path("uid").asString(""),
                extra),
            common));
  }

  private Optional<Authenticator.Authenticated> legacy(
      String token, JsonNode claims, List<String> audiences) {
    String namespace = claims.path(LEGACY + "namespace").asString("");
    String name = claims.path(LEGACY + "service-account.name").asString("");
    String uid = claims.path(LEGACY + "service-account.uid").asString("");
    ObjectKey secret = new ObjectKey(namespace, claims.path(LEGACY + "secret.name").asString(""));
    boolean holds =
        audiences.contains(ISSUER)
            && lives(CoreKinds.SERVICE_ACCOUNT, namespace, name, uid)
            && resources
                .find(CoreKinds.SECRET, secret)
                .filter(object -> object.deletionTimestamp().isEmpty())
                .filter(object -> isTokenOf(object, token))
                .isPresent();
    return holds
        ? Optional.of(
            new Authenticator.Authenticated(user(namespace, name, uid, Map.of()), List.of(ISSUER)))
        : Optional.empty();
  }

  private static boolean isTokenOf(KubernetesObject secret, String token) {
    String data = secret.json().path("data").path("token").asString("");
    try {
      return MessageDigest.isEqual(
          Base64.getDecoder().decode(data), token.getBytes(StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private boolean podLives(String namespace, JsonNode reference) {
    String name = reference.path("name").asString("");
    String uid = reference.path("uid").asString("");
    return lives(CoreKinds.POD, namespace, name, uid) || running.runs(namespace, name, uid);
  }

  private boolean lives(KindDefinition kind, String namespace, JsonNode reference) {
    return lives(
        kind, namespace, reference.path("name").asString(""), reference.path("uid").asString(""));
  }

  private boolean lives(KindDefinition kind, String namespace, String name, String uid) {
    return resources
        .find(kind, new ObjectKey(namespace, name))
        .filter(object -> object.uid().equals(uid) && object.deletionTimestamp().isEmpty())
        .isPresent();
  }

  private static User user(
      String namespace, String name, String uid, Map<String, List<String>> extra) {
    List<String> groups = new ArrayList<>(ServiceAccountGroups.of(namespace));
    groups.add(User.AUTHENTICATED);
    return new User(Subject.serviceAccount(namespace, name), uid, groups, extra);
  }
}
