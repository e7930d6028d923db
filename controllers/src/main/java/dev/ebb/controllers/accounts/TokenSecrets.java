package dev.ebb.controllers.accounts;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WriteOptions;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Fills Secrets of type `kubernetes.io/service-account-token`, and removes those whose
/// ServiceAccount has gone.
///
/// @see <a
///   href="https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets">ServiceAccount
///   token Secrets</a>
final class TokenSecrets implements Reconciler {
  private static final String TYPE = "kubernetes.io/service-account-token";
  private static final String NAME = "kubernetes.io/service-account.name";
  private static final String UID = "kubernetes.io/service-account.uid";
  private static final WriteOptions WRITER = WriteOptions.by("tokens-controller");

  private final Resources resources;
  private final Credentials credentials;

  TokenSecrets(Resources resources, Credentials credentials) {
    this.resources = resources;
    this.credentials = credentials;
  }

  static boolean isToken(KubernetesObject secret) {
    return secret.json().path("type").asString("").equals(TYPE);
  }

  /// The ServiceAccount whose token it is to hold.
  static ObjectKey account(KubernetesObject secret) {
    return new ObjectKey(secret.namespace(), secret.annotations().getOrDefault(NAME, ""));
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Optional<KubernetesObject> found =
        resources
            .find(CoreKinds.SECRET, key)
            .filter(secret -> isToken(secret) && secret.deletionTimestamp().isEmpty());
    if (found.isEmpty()) {
      return Result.done();
    }
    KubernetesObject secret = found.get();
    Optional<KubernetesObject> account = resources.find(CoreKinds.SERVICE_ACCOUNT, account(secret));
    String uid = secret.annotations().getOrDefault(UID, "");
    if (account.isEmpty() || (!uid.isEmpty() && !uid.equals(account.get().uid()))) {
      delete(secret);
    } else {
      fill(secret, account.get());
    }
    return Result.done();
  }

  private void fill(KubernetesObject secret, KubernetesObject account) {
    JsonNode data = secret.json().path("data");
    String certificate = encode(credentials.authorityPem());
    boolean filled =
        !data.path("token").asString("").isEmpty()
            && data.path("namespace").asString("").equals(encode(secret.namespace()))
            && data.path("ca.crt").asString("").equals(certificate)
            && secret.annotations().containsKey(UID);
    if (filled) {
      return;
    }
    KubernetesObject next =
        secret.with(json -> {
          ObjectNode all = json.withObject("/data");
          all.put("ca.crt", certificate).put("namespace", encode(secret.namespace()));
          if (all.path("token").asString("").isEmpty()) {
            all.put("token", encode(credentials.token(account, secret)));
          }
          json.withObject("/metadata").withObject("/annotations").put(UID, account.uid());
        });
    resources.update(CoreKinds.SECRET, next, WRITER);
  }

  private void delete(KubernetesObject secret) {
    try {
      resources.delete(
          CoreKinds.SECRET,
          secret.key(),
          new DeleteOptions(
              DeleteOptions.Propagation.BACKGROUND,
              Optional.of(secret.uid()),
              Optional.of(secret.resourceVersion()),
              false));
    } catch (ApiException e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  private static String encode(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
