package dev.ebb.resources.local;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.SameJson;
import dev.ebb.kinds.extensions.ExtensionKinds;
import dev.ebb.kinds.openapi.CustomResourceDefinitions;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.WriteOptions;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.node.ObjectNode;

/// Keeps a CustomResourceDefinition for each built-in kind that Kubernetes itself does not have, so
/// that `kubectl get crd` and clients that look kinds up there see what is served.
///
/// Runs once, beside the start of the server: nothing waits for it. What a user made of such a
/// definition (the install manifest of a peer contains it) stays until Ebb's own changes; an
/// annotation says of which one the stored one is made.
public final class BuiltInDefinitions implements AutoCloseable {
  static final String MADE_OF = "ebb.dev/definition-hash";

  /// An install manifest is applied over these definitions as if its author had applied them
  /// before, with nothing in them; else kubectl warns of each.
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  /// By the group of the kind, the namespace and name of the release that its peer's documents tell
  /// people to install. Its chart has the definition among its templates, and Helm takes over only
  /// what is marked as that release's.
  private static final Map<String, String> RELEASES = Map.of("openfaas.com", "openfaas/openfaas");

  private static final Logger LOG = System.getLogger(BuiltInDefinitions.class.getName());
  private static final WriteOptions WRITER = WriteOptions.by("ebb");

  private final LocalResources resources;
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);

  /// Starts at once. To be closed before the store.
  public BuiltInDefinitions(LocalResources resources) {
    this.resources = resources;
    this.thread = Thread.ofVirtual().name("built-in-definitions").start(this::reconcile);
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Until all are written.
  void await() throws InterruptedException {
    thread.join();
  }

  private void reconcile() {
    List<ObjectNode> definitions =
        CustomResourceDefinitions.ofAll(
            resources.kinds().all().stream().filter(kind -> !kind.isCustom()).toList());
    for (ObjectNode definition : definitions) {
      if (closed.getCount() == 0) {
        return;
      }
      try {
        reconcile(new KubernetesObject(definition));
      } catch (ApiException e) {
        // Somebody writes it at this moment, or the disk is full; the next start looks again.
        LOG.log(Level.WARNING, () -> "could not write " + definition.path("metadata"), e);
      }
    }
  }

  private void reconcile(KubernetesObject definition) {
    String hash = hash(definition.json());
    KubernetesObject wanted =
        definition.with(json -> {
          json.withObject("/metadata/annotations")
              .put(MADE_OF, hash)
              .put(LAST_APPLIED, nothing(definition));
          String release = RELEASES.get(definition.spec().path("group").asString(""));
          if (release != null) {
            forHelm(json, release.split("/"));
          }
        });
    Optional<KubernetesObject> present =
        resources.find(ExtensionKinds.DEFINITION, definition.key());
    if (present.isEmpty()) {
      resources.create(ExtensionKinds.DEFINITION, wanted, WRITER);
    } else if (!present.get().annotations().getOrDefault(MADE_OF, "").equals(hash)) {
      KubernetesObject next =
          present
              .get()
              .with(json -> {
                json.set("spec", definition.spec());
                json.withObject("/metadata/annotations").put(MADE_OF, hash);
                definition
                    .labels()
                    .forEach((name, value) -> json.withObject("/metadata/labels").put(name, value));
              });
      if (!SameJson.same(next.json(), present.get().json())) {
        resources.update(ExtensionKinds.DEFINITION, next, WRITER);
      }
    }
  }

  private static void forHelm(ObjectNode definition, String[] release) {
    definition.withObject("/metadata/labels").put("app.kubernetes.io/managed-by", "Helm");
    definition
        .withObject("/metadata/annotations")
        .put("meta.helm.sh/release-namespace", release[0])
        .put("meta.helm.sh/release-name", release[1]);
  }

  private static String nothing(KubernetesObject definition) {
    return KubernetesObject.of(definition.groupVersionKind(), definition.key()).json().toString();
  }

  private static String hash(ObjectNode definition) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(definition.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
