package dev.ebb.controllers;

import dev.ebb.controllers.podspecs.PodSpecs;
import dev.ebb.controllers.podspecs.ServingContainer;
import dev.ebb.dataplane.RequestLimits;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Workload;
import dev.ebb.kinds.GoDuration;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What the data plane must know of a Revision. Pure.
final class RevisionResources {
  private static final String PROGRESS_DEADLINE = "serving.knative.dev/progress-deadline";

  /// As Knative's queue proxy: ten for each slot, at least so many that a burst at a cold revision
  /// is held rather than refused.
  private static final int QUEUED_PER_SLOT = 10;

  private static final int LEAST_QUEUE = 1000;

  /// As long as the request timeout at most: a program that drains needs no longer.
  private static final Duration DEFAULT_TERMINATION_GRACE = Duration.ofSeconds(30);

  private RevisionResources() {}

  static ObjectKey key(RevisionId revision) {
    return new ObjectKey(revision.namespace(), revision.name());
  }

  /// Every room that knows the revision keeps it; its strings are there once.
  static RevisionId id(KubernetesObject revision) {
    return new RevisionId(revision.namespace().intern(), revision.name().intern());
  }

  static Workload workload(KubernetesObject revision, Duration progressDeadline) {
    String configuration = revision.labels().getOrDefault(Labels.CONFIGURATION, "");
    String service = revision.labels().getOrDefault(Labels.SERVICE, "");
    return new Workload(
        id(revision),
        (service.isEmpty() ? configuration : service).intern(),
        configuration.intern(),
        PodSpecs.ofRevision(
            revision.spec(),
            image -> resolved(revision, image),
            interned(PodResources.labels(revision)),
            interned(annotations(revision))),
        containerConcurrency(revision),
        timeout(revision),
        Optional.ofNullable(revision.annotations().get(PROGRESS_DEADLINE))
            .flatMap(GoDuration::parse)
            .filter(duration -> !duration.isNegative())
            .orElse(progressDeadline),
        seconds(revision.spec().path("terminationGracePeriodSeconds"), DEFAULT_TERMINATION_GRACE));
  }

  /// @param detectsHttp2 `autodetect-http2` of `config-features`
  static RequestLimits limits(KubernetesObject revision, boolean detectsHttp2) {
    JsonNode spec = revision.spec();
    return new RequestLimits(
        containerConcurrency(revision),
        timeout(revision),
        seconds(spec.path("responseStartTimeoutSeconds"), Duration.ZERO),
        seconds(spec.path("idleTimeoutSeconds"), Duration.ZERO),
        Math.max(LEAST_QUEUE, QUEUED_PER_SLOT * containerConcurrency(revision)),
        protocol(ServingContainer.of(revision.spec()), detectsHttp2));
  }

  private static Duration timeout(KubernetesObject revision) {
    return seconds(revision.spec().path("timeoutSeconds"), Duration.ofMinutes(5));
  }

  /// By the name of the port, as the runtime contract has it ("Protocols and Ports").
  private static RequestLimits.Protocol protocol(JsonNode container, boolean detectsHttp2) {
    return switch (container.path("ports").path(0).path("name").asString("")) {
      case "h2c" -> RequestLimits.Protocol.H2C;
      case "" -> detectsHttp2 ? RequestLimits.Protocol.DETECT : RequestLimits.Protocol.HTTP1;
      default -> RequestLimits.Protocol.HTTP1;
    };
  }

  static int containerConcurrency(KubernetesObject revision) {
    return revision.spec().path("containerConcurrency").asInt(0);
  }

  /// Without those that change with the routes: a change of the Workload makes new instances.
  static Map<String, String> annotations(KubernetesObject revision) {
    Map<String, String> annotations = new HashMap<>(revision.annotations());
    annotations.keySet().removeAll(Labels.NOT_OF_PODS);
    return annotations;
  }

  /// Names, mostly.
  private static Map<String, String> interned(Map<String, String> words) {
    words.replaceAll((_, word) -> word.intern());
    return words;
  }

  /// The name of an image with the digest that it had when the Revision was made.
  private static String resolved(KubernetesObject revision, String image) {
    return ImageDigests.stored(revision).getOrDefault(image, image);
  }

  private static Duration seconds(JsonNode node, Duration otherwise) {
    return node.isNumber() ? Duration.ofSeconds(node.asLong()) : otherwise;
  }
}
