package dev.ebb.apiserver;

import java.util.Optional;

/// Who makes a request: the owner of the unix socket, or whoever shows the token.
final class Authenticator {
  private static final String BEARER = "Bearer ";

  private final BearerToken token;

  Authenticator(BearerToken token) {
    this.token = token;
  }

  /// @param local whether the request came through the unix socket, which only its owner can open
  /// @return empty for a wrong token, or none
  Optional<User> authenticate(Exchange exchange, boolean local) {
    if (local) {
      return Optional.of(User.ADMIN);
    }
    String header = exchange.header("Authorization").orElse("");
    boolean known =
        header.regionMatches(/* ignoreCase= */ true, 0, BEARER, 0, BEARER.length())
            && token.matches(header.substring(BEARER.length()).strip());
    return known ? Optional.of(User.ADMIN) : Optional.empty();
  }
}
