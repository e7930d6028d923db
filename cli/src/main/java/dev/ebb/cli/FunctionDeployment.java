package dev.ebb.cli;

import dev.ebb.kinds.KubernetesObject;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Stores a Function and waits until it is ready or has failed.
public final class FunctionDeployment {
  /// Two shells that deploy one function at once: each attempt lets one of them through.
  private static final int ATTEMPTS = 10;

  private static final int CONFLICT = 409;

  private final ApiClient api;
  private final int waitSeconds;
  private final PrintWriter progress;

  public FunctionDeployment(ApiClient api, int waitSeconds) {
    this(
        api,
        waitSeconds,
        new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
  }

  /// @param progress gets what is waited for when it takes long
  public FunctionDeployment(ApiClient api, int waitSeconds, PrintWriter progress) {
    this.api = api;
    this.waitSeconds = waitSeconds;
    this.progress = progress;
  }

  /// @param verb `created`, `updated` or `unchanged`
  public record Outcome(KubernetesObject function, String verb) {}

  /// @return the ready function
  /// @throws CliException with the platform's reason when it does not become ready
  public Outcome deploy(KubernetesObject wanted) {
    ResourcePath path = ResourcePath.functions(wanted.namespace(), wanted.name());
    Outcome stored = store(path, wanted);
    return new Outcome(await(path, stored.function().generation()), stored.verb());
  }

  private Outcome store(ResourcePath path, KubernetesObject wanted) {
    for (int attempt = 1; true; attempt++) {
      try {
        Optional<KubernetesObject> existing = api.find(path);
        if (existing.isEmpty()) {
          return new Outcome(api.create(path, wanted), "created");
        }
        KubernetesObject stored = replace(path, existing.get(), wanted);
        boolean same = existing.get().generation() == stored.generation();
        return new Outcome(stored, same ? "unchanged" : "updated");
      } catch (ApiClient.Refused refused) {
        // Somebody else wrote between our reading and our writing; the last deploy wins.
        if (refused.code() != CONFLICT || attempt == ATTEMPTS) {
          throw refused;
        }
      }
    }
  }

  private KubernetesObject replace(
      ResourcePath path, KubernetesObject existing, KubernetesObject wanted) {
    return api.update(
        path, existing.with(copy -> copy.set("spec", ((ObjectNode) wanted.spec()).deepCopy())));
  }

  private KubernetesObject await(ResourcePath path, long generation) {
    Latest latest = new Latest(generation);
    Optional<KubernetesObject> done =
        Progress.during(
            progress,
            () -> waitingFor(path.name(), latest.readiness.message()),
            () -> api.await(path, waitSeconds, latest::settled));
    KubernetesObject function =
        done.orElseThrow(() ->
            new CliException(
                "%s is not ready after %d s%s. It goes on trying; see: ebb describe %s"
                    .formatted(path.name(), waitSeconds, because(latest.readiness), path.name())));
    Readiness readiness = Readiness.of(function);
    if (readiness.failed()) {
      throw new CliException(
          "%s did not become ready (%s):%n%s"
              .formatted(path.name(), readiness.reason(), readiness.message().stripTrailing()));
    }
    return function;
  }

  /// What was last seen of the function; told by another thread.
  private static final class Latest {
    private final long generation;
    private volatile Readiness readiness = Readiness.UNKNOWN;

    Latest(long generation) {
      this.generation = generation;
    }

    Optional<KubernetesObject> settled(KubernetesObject object) {
      readiness = Readiness.of(object);
      return object.generation() >= generation && (readiness.ready() || readiness.failed())
          ? Optional.of(object)
          : Optional.empty();
    }
  }

  private static String waitingFor(String name, String message) {
    return "waiting for %s: %s"
        .formatted(name, message.isEmpty() ? "it is being prepared" : message.strip());
  }

  private static String because(Readiness readiness) {
    return readiness.message().isEmpty() ? "" : ": " + readiness.message().strip();
  }
}
