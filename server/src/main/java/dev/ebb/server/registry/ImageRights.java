package dev.ebb.server.registry;

import dev.ebb.apiserver.User;
import dev.ebb.images.containers.ImageAccess;
import dev.ebb.images.containers.ImageUser;
import dev.ebb.images.registry.Repository;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.rbac.Authorizer;
import dev.ebb.resources.rbac.Subject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who may pull an image at the registry may run it, and nobody else: a ServiceAccount runs another
/// namespace's images where it may `get` them.
public final class ImageRights implements ImageAccess {
  private final RegistryAccess access;

  public ImageRights(Authorizer authorizer) {
    access = new RegistryAccess(authorizer);
  }

  @Override
  public Optional<String> refusal(ImageUser user, Repository repository) {
    try {
      access.require(account(user), RegistryAccess.Verb.GET, repository);
      return Optional.empty();
    } catch (ApiException forbidden) {
      return Optional.of(String.valueOf(forbidden.getMessage()));
    }
  }

  /// As the API server knows it by its token.
  private static User account(ImageUser user) {
    return new User(
        Subject.serviceAccount(user.namespace(), user.serviceAccount()),
        "",
        List.of(
            "system:serviceaccounts",
            "system:serviceaccounts:" + user.namespace(),
            "system:authenticated"),
        Map.of());
  }
}
