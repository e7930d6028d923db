package dev.ebb.dataplane;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// As whom the programs of an instance speak to the API server: their ServiceAccount. Thread-safe.
/// Asked at each start of an instance, so it must not wait for a disk.
public interface ApiAccess {
  /// No ServiceAccounts, no tokens.
  ApiAccess NONE =
      new ApiAccess() {
        @Override
        public Optional<Boolean> automounts(String namespace, String account) {
          return Optional.of(false);
        }

        @Override
        public Optional<Token> token(Holder holder, String audience, Duration lifetime) {
          return Optional.empty();
        }
      };

  /// The Pod that a token is bound to: it ends with that very Pod.
  ///
  /// @param account name of its ServiceAccount, which is in its namespace
  /// @param pod name
  record Holder(String namespace, String account, String pod, String podUid) {}

  /// @param text a JSON Web Token
  record Token(String text, Instant issuedAt, Instant expiresAt) {
    /// Not the text: whoever reads a log must not get it.
    @Override
    public String toString() {
      return "Token[until " + expiresAt + "]";
    }
  }

  /// What the ServiceAccount itself says of `automountServiceAccountToken`; empty when it says
  /// nothing or is not there.
  Optional<Boolean> automounts(String namespace, String account);

  /// Makes a token and throws it away: what is loaded at first use need not be paid by the first
  /// start.
  default void rehearse() {}

  /// @param audience empty for the API server
  /// @param lifetime at least ten minutes
  /// @return empty when there is no such ServiceAccount
  Optional<Token> token(Holder holder, String audience, Duration lifetime);
}
