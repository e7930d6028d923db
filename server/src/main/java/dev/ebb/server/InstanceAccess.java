package dev.ebb.server;

import dev.ebb.apiserver.ServiceAccountTokens;
import dev.ebb.dataplane.ApiAccess;
import dev.ebb.dataplane.Instance;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.Resources;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// Lets instances speak to the API as their ServiceAccounts.
///
/// @param tokens that the API server knows again
record InstanceAccess(Resources resources, ServiceAccountTokens tokens) implements ApiAccess {
  /// An instance may speak before its Pod is written, which is after the fact.
  static ServiceAccountTokens.RunningPods running(Supplier<Collection<Instance>> instances) {
    return (namespace, name, uid) ->
        instances.get().stream()
            .filter(instance -> instance.phase() != Instance.Phase.EXITED)
            .filter(instance -> instance.revision().namespace().equals(namespace))
            .anyMatch(instance -> instance.id().podUid().equals(uid));
  }

  @Override
  public Optional<Boolean> automounts(String namespace, String account) {
    return account(namespace, account)
        .map(object -> object.json().path("automountServiceAccountToken"))
        .filter(JsonNode::isBoolean)
        .map(JsonNode::asBoolean);
  }

  @Override
  public Optional<Token> token(Holder holder, String audience, Duration lifetime) {
    return account(holder.namespace(), holder.account())
        .map(account ->
            tokens.issue(
                account,
                audience.isEmpty() ? List.of() : List.of(audience),
                lifetime.toSeconds(),
                Optional.of(new ServiceAccountTokens.Bound("Pod", holder.pod(), holder.podUid()))))
        .map(issued -> new Token(issued.token(), issued.start(), issued.end()));
  }

  @Override
  public void rehearse() {
    KubernetesObject nobody =
        KubernetesObject.of(CoreKinds.SERVICE_ACCOUNT.type(), new ObjectKey("", ""));
    tokens.issue(nobody, List.of(), 0, Optional.empty());
  }

  private Optional<KubernetesObject> account(String namespace, String name) {
    return resources
        .find(CoreKinds.SERVICE_ACCOUNT, new ObjectKey(namespace, name))
        .filter(account -> account.deletionTimestamp().isEmpty());
  }
}
