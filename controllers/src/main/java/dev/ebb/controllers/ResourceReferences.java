package dev.ebb.controllers;

import dev.ebb.dataplane.ReferenceResolver;
import dev.ebb.images.containers.ImageAccess;
import dev.ebb.images.containers.ImageUser;
import dev.ebb.images.registry.Repository;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.Resources;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads Secrets and ConfigMaps from the API at the moment when an instance starts, so that it gets
/// their newest values.
public final class ResourceReferences implements ReferenceResolver {
  private final Resources resources;
  private final ImageAccess access;

  /// @param access who may run what of other namespaces
  public ResourceReferences(Resources resources, ImageAccess access) {
    this.resources = resources;
    this.access = access;
  }

  @Override
  public Optional<String> refusal(
      String namespace, String serviceAccount, String owner, String function) {
    return namespace.equals(owner)
        ? Optional.empty()
        : access.refusal(
            new ImageUser(namespace, serviceAccount), new Repository(owner + "/" + function));
  }

  @Override
  public Optional<Map<String, byte[]>> secret(String namespace, String name) {
    return resources
        .find(CoreKinds.SECRET, new ObjectKey(namespace, name))
        .map(secret -> {
          Map<String, byte[]> values = new LinkedHashMap<>();
          strings(secret, "data")
              .forEach((key, value) -> values.put(key, Base64.getMimeDecoder().decode(value)));
          return values;
        });
  }

  @Override
  public Optional<Map<String, String>> configMap(String namespace, String name) {
    return resources
        .find(CoreKinds.CONFIG_MAP, new ObjectKey(namespace, name))
        .map(configMap -> strings(configMap, "data"));
  }

  /// Each namespace gets its `default` by itself, in a moment if it is new.
  @Override
  public boolean hasAccount(String namespace, String serviceAccount) {
    return serviceAccount.equals("default")
        || resources
            .find(CoreKinds.SERVICE_ACCOUNT, new ObjectKey(namespace, serviceAccount))
            .isPresent();
  }

  @Override
  public List<String> pullSecrets(String namespace, String serviceAccount) {
    return resources
        .find(CoreKinds.SERVICE_ACCOUNT, new ObjectKey(namespace, serviceAccount))
        .map(account ->
            account
                .json()
                .path("imagePullSecrets")
                .valueStream()
                .map(secret -> secret.path("name").asString(""))
                .toList())
        .orElse(List.of());
  }

  private static Map<String, String> strings(KubernetesObject object, String field) {
    Map<String, String> values = new LinkedHashMap<>();
    object
        .json()
        .path(field)
        .properties()
        .forEach(entry -> values.put(entry.getKey(), entry.getValue().asString("")));
    return values;
  }
}
