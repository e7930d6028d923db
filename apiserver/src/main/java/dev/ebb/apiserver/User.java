package dev.ebb.apiserver;

import dev.ebb.resources.rbac.Subject;
import java.util.List;
import java.util.Map;

/// Who makes a request.
///
/// @param uid of a ServiceAccount; empty for those who have none
/// @param extra what the authenticator knows besides, as `authentication.k8s.io` shows it
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
  static final String AUTHENTICATED = "system:authenticated";
  static final String UNAUTHENTICATED = "system:unauthenticated";

  /// Whoever holds the administrator's token, or the owner of the unix socket.
  public static final User ADMIN =
      new User("system:admin", List.of(Subject.MASTERS, AUTHENTICATED));

  public static final User ANONYMOUS = new User("system:anonymous", List.of(UNAUTHENTICATED));

  public User {
    groups = List.copyOf(groups);
    extra = Map.copyOf(extra);
  }

  public User(String name, List<String> groups) {
    this(name, "", groups, Map.of());
  }

  /// As roles are bound to it.
  public Subject subject() {
    return new Subject(name, groups);
  }
}
