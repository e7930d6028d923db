package dev.ebb.apiserver;

import dev.ebb.resources.ApiException;
import dev.ebb.resources.rbac.AccessRequest;
import dev.ebb.resources.rbac.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// `kubectl --as`: a request in the name of somebody else, by who holds the verb `impersonate` on
/// each user, group, uid and extra value that it takes on.
///
/// @see <a href="https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/">User
///   Impersonation</a>
final class Impersonation {
  private static final String AUTHENTICATION = "authentication.k8s.io";
  private static final String EXTRA = "impersonate-extra-";
  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

  private final AccessControl access;

  Impersonation(AccessControl access) {
    this.access = access;
  }

  /// What the headers of a request ask for.
  ///
  /// @param extra by key, decoded and in lower case
  record Wanted(String user, String uid, List<String> groups, Map<String, List<String>> extra) {
    static Wanted of(HelidonExchange exchange) {
      Map<String, List<String>> extra = new LinkedHashMap<>();
      exchange
          .headersWithPrefix(EXTRA)
          .forEach((name, values) -> extra.put(extraKey(name.substring(EXTRA.length())), values));
      return new Wanted(
          exchange.header("Impersonate-User").orElse(""),
          exchange.header("Impersonate-Uid").orElse(""),
          exchange.headerValues("Impersonate-Group"),
          extra);
    }

    boolean isNothing() {
      return user.isEmpty() && uid.isEmpty() && groups.isEmpty() && extra.isEmpty();
    }

    private static String extraKey(String encoded) {
      String lower = encoded.toLowerCase(Locale.ROOT);
      return PercentEncoding.decode(lower).orElse(lower);
    }
  }

  /// @param user who really asks
  /// @return in whose name
  /// @throws ApiException 403, 400 without a user
  User apply(User user, Wanted wanted) {
    if (wanted.isNothing()) {
      return user;
    }
    if (wanted.user().isEmpty()) {
      throw ApiException.badRequest("groups, a uid or extra values without impersonating a user");
    }
    Subject subject = user.subject();
    Optional<String[]> account = serviceAccount(wanted.user());
    if (account.isPresent()) {
      String[] key = account.get();
      require(subject, "", "serviceaccounts", "", key[0], key[1]);
    } else {
      require(subject, "", "users", "", "", wanted.user());
    }
    wanted.groups().forEach(group -> require(subject, "", "groups", "", "", group));
    wanted
        .extra()
        .forEach((key, values) ->
            values.forEach(
                value -> require(subject, AUTHENTICATION, "userextras", key, "", value)));
    if (!wanted.uid().isEmpty()) {
      require(subject, AUTHENTICATION, "uids", "", "", wanted.uid());
    }
    return new User(wanted.user(), wanted.uid(), groups(wanted, account), wanted.extra());
  }

  private void require(
      Subject subject, String group, String resource, String part, String namespace, String name) {
    access.require(
        AccessRequest.toResource(subject, "impersonate", group, resource, part, namespace, name));
  }

  private static List<String> groups(Wanted wanted, Optional<String[]> account) {
    List<String> groups = new ArrayList<>(wanted.groups());
    if (groups.isEmpty() && account.isPresent()) {
      groups.addAll(ServiceAccountGroups.of(account.get()[0]));
    }
    boolean anonymous = wanted.user().equals(User.ANONYMOUS.name());
    String sort = anonymous ? User.UNAUTHENTICATED : User.AUTHENTICATED;
    if (!groups.contains(User.AUTHENTICATED) && !groups.contains(User.UNAUTHENTICATED)) {
      groups.add(sort);
    }
    return groups;
  }

  /// Namespace and name.
  private static Optional<String[]> serviceAccount(String user) {
    if (!user.startsWith(SERVICE_ACCOUNT)) {
      return Optional.empty();
    }
    String[] parts = user.substring(SERVICE_ACCOUNT.length()).split(":", -1);
    return parts.length == 2 && !parts[0].isEmpty() && !parts[1].isEmpty()
        ? Optional.of(parts)
        : Optional.empty();
  }
}
