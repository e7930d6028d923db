package dev.ebb.node.volumes;

import dev.ebb.dataplane.ApiAccess;
import dev.ebb.dataplane.ApiAccess.Holder;
import dev.ebb.dataplane.ApiAccess.Token;
import dev.ebb.dataplane.Volume.ServiceAccountToken;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The tokens in the volumes of Pods: signed at the start, and again in good time before they end.
/// Thread-safe.
///
/// They are remembered until their Pod has gone; a server that starts anew signs new ones.
///
/// @see <a
///   href="https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#serviceaccount-token-volume-projection">ServiceAccount
///   token volume projection</a>
public final class PodTokens {
  /// The kubelet's rule: a new one at four fifths of its time, or when it is a day old.
  private static final Duration OLDEST = Duration.ofHours(24);

  private final ApiAccess access;
  private final InstantSource clock;
  private final Map<String, Map<Wanted, Token>> known = new ConcurrentHashMap<>();

  private record Wanted(String audience, Duration lifetime) {}

  public PodTokens(ApiAccess access, InstantSource clock) {
    this.access = access;
    this.clock = clock;
  }

  /// @throws VolumeException when there is no such ServiceAccount
  String token(Holder holder, ServiceAccountToken wanted) {
    Map<Wanted, Token> tokens =
        known.computeIfAbsent(holder.podUid(), _ -> new ConcurrentHashMap<>());
    Wanted key = new Wanted(wanted.audience(), wanted.expiration());
    Token present = tokens.get(key);
    Instant now = clock.instant();
    if (present != null && now.isBefore(renewal(present))) {
      return present.text();
    }
    Optional<Token> made = access.token(holder, wanted.audience(), wanted.expiration());
    if (made.isPresent()) {
      tokens.put(key, made.get());
      return made.get().text();
    }
    if (present != null && now.isBefore(present.expiresAt())) {
      return present.text();
    }
    throw new VolumeException(
        "failed to fetch token: serviceaccounts \"%s\" not found".formatted(holder.account()),
        false);
  }

  private static Instant renewal(Token token) {
    Duration lifetime = Duration.between(token.issuedAt(), token.expiresAt());
    Duration age = lifetime.multipliedBy(4).dividedBy(5);
    return token.issuedAt().plus(age.compareTo(OLDEST) > 0 ? OLDEST : age);
  }

  /// See [ApiAccess#rehearse].
  public void rehearse() {
    access.rehearse();
  }

  /// The Pod has gone.
  public void forget(String podUid) {
    known.remove(podUid);
  }
}
