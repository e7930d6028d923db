package dev.ebb.controllers;

import dev.ebb.dataplane.ReferenceResolver;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.PullCredentials;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What a Pod or a Revision may show to registries: its own `imagePullSecrets` and those of its
/// ServiceAccount.
final class PullSecrets {
  private static final Map<String, String> TYPES =
      Map.of(
          ".dockerconfigjson", "kubernetes.io/dockerconfigjson",
          ".dockercfg", "kubernetes.io/dockercfg");

  private final ReferenceResolver references;

  PullSecrets(ReferenceResolver references) {
    this.references = references;
  }

  /// Secrets that are not there, or not of a type for this, give nothing, as at the kubelet.
  ///
  /// @throws ImageException INVALID for a Secret that cannot be read
  PullCredentials of(String namespace, JsonNode spec) {
    Set<String> names = new LinkedHashSet<>();
    spec.path("imagePullSecrets").forEach(secret -> names.add(secret.path("name").asString("")));
    String account = spec.path("serviceAccountName").asString("");
    names.addAll(references.pullSecrets(namespace, account.isEmpty() ? "default" : account));
    PullCredentials all = PullCredentials.none();
    for (String name : names) {
      Optional<Map<String, byte[]>> secret = references.secret(namespace, name);
      for (Map.Entry<String, String> type : TYPES.entrySet()) {
        if (secret.isPresent() && secret.get().containsKey(type.getKey())) {
          all = all.and(PullCredentials.ofSecret(type.getValue(), secret.get()));
        }
      }
    }
    return all;
  }
}
