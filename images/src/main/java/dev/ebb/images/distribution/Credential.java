package dev.ebb.images.distribution;

/// What one registry knows a user by: a name and password, or a refresh token.
///
/// @param identityToken OAuth 2 refresh token; empty when there is a name and password
public record Credential(String username, String password, String identityToken) {
  public Credential(String username, String password) {
    this(username, password, "");
  }

  /// Without the secrets, for logs.
  @Override
  public String toString() {
    return "Credential[" + username + "]";
  }
}
