package dev.ebb.server.registry;

import dev.ebb.apiserver.User;
import dev.ebb.images.registry.Repository;
import dev.ebb.resources.rbac.AccessRequest;
import dev.ebb.resources.rbac.Authorizer;
import dev.ebb.resources.rbac.Decision;
import dev.ebb.resources.rbac.Forbidden;

/// Who may pull, push and delete: a repository `NAMESPACE/NAME` is the object `NAME` of the
/// resource `images` of the group `ebb.dev` in that namespace, so that `view` pulls and `edit`
/// pushes. A repository of one part belongs to the cluster.
///
/// @see docs/decisions/0066-the-registry-is-at-the-api.md
final class RegistryAccess {
  static final String GROUP = "ebb.dev";
  static final String RESOURCE = "images";

  /// What is done, as the verb of a role.
  enum Verb {
    GET("get"),
    CREATE("create"),
    DELETE("delete");

    private final String word;

    Verb(String word) {
      this.word = word;
    }
  }

  private final Authorizer authorizer;

  RegistryAccess(Authorizer authorizer) {
    this.authorizer = authorizer;
  }

  /// @throws dev.ebb.resources.ApiException 403
  void require(User user, Verb verb, Repository repository) {
    AccessRequest request = request(user, verb, repository);
    Decision decision = authorizer.authorize(request);
    if (!decision.allowed()) {
      throw Forbidden.of(request, decision.reason());
    }
  }

  boolean allows(User user, Verb verb, Repository repository) {
    return authorizer.allows(request(user, verb, repository));
  }

  private static AccessRequest request(User user, Verb verb, Repository repository) {
    return AccessRequest.toResource(
        user.subject(),
        verb.word,
        GROUP,
        RESOURCE,
        "",
        repository.namespace().orElse(""),
        repository.nameInNamespace());
  }
}
