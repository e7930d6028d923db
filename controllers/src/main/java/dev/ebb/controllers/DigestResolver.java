package dev.ebb.controllers;

import dev.ebb.images.containers.ContainerImages;
import dev.ebb.images.containers.ImageUser;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.PullCredentials;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Asks registries for the digests of tags, beside the reconcilers: a registry that is slow keeps
/// nobody waiting but the Revisions that need it. Thread-safe.
final class DigestResolver implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  sealed interface Outcome {
    /// A registry is being asked; the Revision is queued again when there is an answer.
    record Pending() implements Outcome {}

    /// @param images by their names in the spec, with their digests
    record Resolved(Map<String, String> images) implements Outcome {}

    /// @param message in Knative's words
    /// @param again in what time to ask again
    record Failed(String message, Duration again) implements Outcome {}
  }

  /// @param uid of the Revision; another one of its name begins anew
  private record Attempt(String uid, int number, Outcome outcome, Instant notBefore) {}

  private final ContainerImages images;
  private final PullSecrets secrets;
  private final InstantSource clock;
  private final Consumer<ObjectKey> answered;
  private final Map<ObjectKey, Attempt> attempts = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// @param answered is given the key of a Revision with an outcome
  DigestResolver(
      ContainerImages images,
      PullSecrets secrets,
      InstantSource clock,
      Consumer<ObjectKey> answered) {
    this.images = images;
    this.secrets = secrets;
    this.clock = clock;
    this.answered = answered;
  }

  /// Does not wait.
  ///
  /// @param names of images to resolve
  /// @param timeout for each of them
  Outcome resolve(KubernetesObject revision, List<String> names, Duration timeout) {
    Attempt attempt =
        attempts.compute(
            revision.key(),
            (_, last) -> {
              boolean fresh = last == null || !last.uid().equals(revision.uid());
              if (!fresh
                  && !(last.outcome() instanceof Outcome.Failed
                      && !clock.instant().isBefore(last.notBefore()))) {
                return last;
              }
              int number = fresh ? 1 : last.number() + 1;
              threads.execute(() -> ask(revision, names, timeout, number));
              Outcome shown = fresh ? new Outcome.Pending() : last.outcome();
              return new Attempt(revision.uid(), number, shown, Instant.MAX);
            });
    return attempt.outcome() instanceof Outcome.Failed failed
        ? new Outcome.Failed(failed.message(), untilNext(attempt))
        : attempt.outcome();
  }

  /// The Revision has what it needs, or is gone.
  void forget(ObjectKey revision) {
    attempts.remove(revision);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private Duration untilNext(Attempt attempt) {
    return attempt.notBefore().equals(Instant.MAX)
        ? LONGEST_PAUSE // it is being asked; the answer queues the Revision
        : Duration.between(clock.instant(), attempt.notBefore());
  }

  private void ask(KubernetesObject revision, List<String> names, Duration timeout, int number) {
    Outcome outcome = ask(revision, names, timeout, pause(number));
    Instant next =
        outcome instanceof Outcome.Failed failed
            ? clock.instant().plus(failed.again())
            : Instant.MAX;
    attempts.computeIfPresent(
        revision.key(),
        (_, present) ->
            present.uid().equals(revision.uid())
                ? new Attempt(revision.uid(), number, outcome, next)
                : present);
    answered.accept(revision.key());
  }

  private Outcome ask(
      KubernetesObject revision, List<String> names, Duration timeout, Duration pause) {
    Map<String, String> resolved = new LinkedHashMap<>();
    for (String name : names) {
      Future<String> answer = threads.submit(() -> ask(revision, name));
      try {
        resolved.put(name, answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
      } catch (TimeoutException e) {
        answer.cancel(true);
        return failed(name, "the registry did not answer in " + timeout.toSeconds() + "s", pause);
      } catch (ExecutionException e) {
        return failed(name, reason(Objects.requireNonNullElse(e.getCause(), e)), pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return failed(name, "the server is stopping", pause);
      }
    }
    return new Outcome.Resolved(Map.copyOf(resolved));
  }

  private String ask(KubernetesObject revision, String name) {
    ImageReference reference = ImageReference.parse(name);
    String account = revision.spec().path("serviceAccountName").asString("");
    images.require(
        reference, new ImageUser(revision.namespace(), account.isEmpty() ? "default" : account));
    PullCredentials credentials = secrets.of(revision.namespace(), revision.spec());
    return ImageDigests.name(reference.withDigest(images.resolve(reference, credentials)));
  }

  private static Outcome failed(String image, String why, Duration pause) {
    return new Outcome.Failed(
        "Unable to fetch image \"%s\": failed to resolve image to digest: %s".formatted(image, why),
        pause);
  }

  /// What is no answer of a registry is a defect and is told as what it is.
  private static String reason(Throwable cause) {
    return cause instanceof ImageException ? String.valueOf(cause.getMessage()) : cause.toString();
  }

  private static Duration pause(int attempt) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempt - 1, 6));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }
}
