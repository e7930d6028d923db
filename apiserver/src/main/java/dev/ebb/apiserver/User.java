package dev.ebb.apiserver;

import java.util.List;

/// Who makes a request.
public record User(String name, List<String> groups) {
  /// Whoever holds the token, or the owner of the unix socket.
  public static final User ADMIN =
      new User("system:admin", List.of("system:masters", "system:authenticated"));

  public static final User ANONYMOUS =
      new User("system:anonymous", List.of("system:unauthenticated"));

  public User {
    groups = List.copyOf(groups);
  }
}
