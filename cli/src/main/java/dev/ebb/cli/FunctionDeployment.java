package dev.ebb.cli;

import dev.ebb.kinds.KubernetesObject;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Stores a Function and waits until it is ready or has failed.
public final class FunctionDeployment {
  private final ApiClient api;
  private final int waitSeconds;

  public FunctionDeployment(ApiClient api, int waitSeconds) {
    this.api = api;
    this.waitSeconds = waitSeconds;
  }

  /// @param verb `created`, `updated` or `unchanged`
  public record Outcome(KubernetesObject function, String verb) {}

  /// @return the ready function
  /// @throws CliException with the platform's reason when it does not become ready
  public Outcome deploy(KubernetesObject wanted) {
    ResourcePath path = ResourcePath.functions(wanted.namespace(), wanted.name());
    Optional<KubernetesObject> existing = api.find(path);
    KubernetesObject stored =
        existing.isEmpty() ? api.create(path, wanted) : replace(path, existing.get(), wanted);
    String verb =
        existing.isEmpty()
            ? "created"
            : existing.get().generation() == stored.generation() ? "unchanged" : "updated";
    return new Outcome(await(path, stored.generation()), verb);
  }

  private KubernetesObject replace(
      ResourcePath path, KubernetesObject existing, KubernetesObject wanted) {
    return api.update(
        path, existing.with(copy -> copy.set("spec", ((ObjectNode) wanted.spec()).deepCopy())));
  }

  private KubernetesObject await(ResourcePath path, long generation) {
    KubernetesObject[] last = new KubernetesObject[1];
    Optional<KubernetesObject> done =
        api.await(
            path,
            waitSeconds,
            object -> {
              last[0] = object;
              Readiness readiness = Readiness.of(object);
              boolean current = object.generation() >= generation;
              return current && (readiness.ready() || readiness.failed())
                  ? Optional.of(object)
                  : Optional.empty();
            });
    KubernetesObject function =
        done.orElseThrow(() ->
            new CliException(
                "%s is not ready after %d s: %s. It goes on trying; see: ebb describe %s"
                    .formatted(
                        path.name(),
                        waitSeconds,
                        last[0] == null
                            ? "nothing was heard of it"
                            : Readiness.of(last[0]).message(),
                        path.name())));
    Readiness readiness = Readiness.of(function);
    if (readiness.failed()) {
      throw new CliException(
          "%s did not become ready (%s):%n%s"
              .formatted(path.name(), readiness.reason(), readiness.message().stripTrailing()));
    }
    return function;
  }
}
