package dev.ebb.images.testing;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Who may pull from a [FakeRegistry].
sealed interface RegistryAuth {
  /// @param header one as `Name: value`; empty for none
  record Answer(int status, String header, String body) {}

  RegistryAuth ANYBODY = new Anybody();

  /// The answer to a request without what it needs; empty when it has that.
  Optional<Answer> refuse(String authorization);

  /// The answer of the token server.
  ///
  /// @param parameters of query and form
  Answer token(String authorization, String parameters);

  void revoke();

  record Anybody() implements RegistryAuth {
    @Override
    public Optional<Answer> refuse(String authorization) {
      return Optional.empty();
    }

    @Override
    public Answer token(String authorization, String parameters) {
      return new Answer(404, "", "");
    }

    @Override
    public void revoke() {}
  }

  record Basic(String username, String password) implements RegistryAuth {
    @Override
    public Optional<Answer> refuse(String authorization) {
      return authorization.equals(FakeRegistry.basic(username, password))
          ? Optional.empty()
          : Optional.of(new Answer(401, "WWW-Authenticate: Basic realm=\"here\"", ""));
    }

    @Override
    public Answer token(String authorization, String parameters) {
      return new Answer(404, "", "");
    }

    @Override
    public void revoke() {}
  }

  record Bearer(
      String host,
      String username,
      String password,
      long lifeSeconds,
      Set<String> tokens,
      AtomicInteger given)
      implements RegistryAuth {
    Bearer(String host, String username, String password, long lifeSeconds) {
      this(
          host,
          username,
          password,
          lifeSeconds,
          ConcurrentHashMap.newKeySet(),
          new AtomicInteger());
    }

    @Override
    public Optional<Answer> refuse(String authorization) {
      return tokens.contains(authorization)
          ? Optional.empty()
          : Optional.of(
              new Answer(
                  401,
                  "WWW-Authenticate: Bearer realm=\"http://"
                      + host
                      + "/token\",service=\"fake, or not\"",
                  "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}"));
    }

    @Override
    public Answer token(String authorization, String parameters) {
      boolean refresh = parameters.contains("refresh_token=" + password);
      boolean named =
          username.isEmpty() || authorization.equals(FakeRegistry.basic(username, password));
      boolean scoped = parameters.contains("scope=repository");
      if (!scoped || !(named || refresh)) {
        return new Answer(401, "", "{\"errors\":[{\"message\":\"incorrect password\"}]}");
      }
      var token = "token-" + given.incrementAndGet();
      tokens.add("Bearer " + token);
      return new Answer(
          200, "", "{\"token\":\"%s\",\"expires_in\":%d}".formatted(token, lifeSeconds));
    }

    @Override
    public void revoke() {
      tokens.clear();
    }
  }
}
