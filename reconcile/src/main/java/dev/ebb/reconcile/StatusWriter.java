package dev.ebb.reconcile;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteOptions.Subresource;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes the status of objects: only when it changes, and again when somebody else was quicker.
public final class StatusWriter {
  /// Others write an object's labels or finalizers now and then; five times in a row is a defect.
  private static final int ATTEMPTS = 5;

  /// A number is stored as the shortest that holds it, so an int and a long may be the same one.
  private static final Comparator<JsonNode> SAME =
      (one, other) ->
          one.equals(other)
                  || (one.isIntegralNumber()
                      && other.isIntegralNumber()
                      && one.asLong() == other.asLong())
              ? 0
              : 1;

  /// What a write did to an object; both are the same where there was nothing to write.
  public record Written(KubernetesObject before, KubernetesObject after) {}

  private final Resources resources;
  private final WriteOptions options;

  public StatusWriter(Resources resources, String fieldManager) {
    this(resources, WriteOptions.by(fieldManager));
  }

  public StatusWriter(Resources resources, WriteOptions options) {
    this.resources = resources;
    this.options = options.to(Subresource.STATUS);
  }

  /// Replaces the status by what the function makes of the present one. The function gets a copy
  /// that it may change and return, and must give the same answer when asked again.
  ///
  /// @param observed what the new status was derived from
  /// @return empty when the object is gone, and nothing is to be told
  /// @throws ApiException 409 when the spec changed since it was observed: derive it again
  public Optional<Written> write(
      KindDefinition kind, KubernetesObject observed, UnaryOperator<ObjectNode> status) {
    KubernetesObject newest = observed;
    for (int attempt = 1; ; attempt++) {
      ObjectNode desired = status.apply(copyOfStatus(newest));
      if (same(newest.status(), desired)) {
        return Optional.of(new Written(newest, newest));
      }
      try {
        KubernetesObject stored =
            resources.update(kind, newest.withStatus(desired), options).object();
        return Optional.of(new Written(newest, stored));
      } catch (ApiException refused) {
        if (refused.isNotFound()) {
          return Optional.empty();
        }
        if (!refused.isConflict() || attempt == ATTEMPTS) {
          throw refused;
        }
        Optional<KubernetesObject> found = resources.find(kind, observed.key());
        if (found.isEmpty() || !found.get().uid().equals(observed.uid())) {
          return Optional.empty();
        }
        newest = found.get();
        if (newest.generation() != observed.generation()) {
          throw refused;
        }
      }
    }
  }

  /// Whether two trees say the same.
  public static boolean same(JsonNode one, JsonNode other) {
    return one.equals(SAME, other);
  }

  private static ObjectNode copyOfStatus(KubernetesObject object) {
    return object.status() instanceof ObjectNode status
        ? status.deepCopy()
        : JsonNodeFactory.instance.objectNode();
  }
}
