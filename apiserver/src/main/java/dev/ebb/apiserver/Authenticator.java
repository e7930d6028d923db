package dev.ebb.apiserver;

import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Who makes a request: the owner of the unix socket, the subject of a client certificate, or
/// whoever shows a token, the administrator's or a ServiceAccount's.
final class Authenticator {
  private static final String BEARER = "Bearer ";

  private final BearerToken admin;
  private final ServiceAccountTokens serviceAccounts;
  private final InstantSource clock;

  Authenticator(BearerToken admin, ServiceAccountTokens serviceAccounts, InstantSource clock) {
    this.admin = admin;
    this.serviceAccounts = serviceAccounts;
    this.clock = clock;
  }

  /// @param audiences those for which the token was looked at and holds
  record Authenticated(User user, List<String> audiences) {}

  /// @param local whether the request came through the unix socket, which only its owner can open
  /// @param otherForm finds the token in a header `Authorization` that is not `Bearer`
  /// @return empty for a wrong token, or nothing at all
  Optional<User> authenticate(
      HelidonExchange exchange, boolean local, Function<String, Optional<String>> otherForm) {
    Optional<User> holder =
        exchange.clientCertificate().filter(this::isCurrent).flatMap(CertificateUser::of);
    if (holder.isPresent()) {
      return holder;
    }
    Optional<String> header = exchange.header("Authorization");
    if (local && header.isEmpty()) {
      return Optional.of(User.ADMIN);
    }
    return header
        .flatMap(value ->
            isBearer(value)
                ? Optional.of(value.substring(BEARER.length()).strip())
                : otherForm.apply(value))
        .flatMap(token -> token(token, List.of()))
        .map(Authenticated::user);
  }

  private static boolean isBearer(String header) {
    return header.regionMatches(/* ignoreCase= */ true, 0, BEARER, 0, BEARER.length());
  }

  /// @param audiences for whom the token has to be; none for this server
  Optional<Authenticated> token(String token, List<String> audiences) {
    List<String> wanted = audiences.isEmpty() ? List.of(ServiceAccountTokens.ISSUER) : audiences;
    if (admin.matches(token)) {
      return wanted.contains(ServiceAccountTokens.ISSUER)
          ? Optional.of(new Authenticated(User.ADMIN, List.of(ServiceAccountTokens.ISSUER)))
          : Optional.empty();
    }
    return serviceAccounts.authenticate(token, wanted);
  }

  /// A connection may outlive the certificate that it began with.
  private boolean isCurrent(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant().isAfter(clock.instant());
  }
}
