package dev.ebb.controllers;

import dev.ebb.controllers.workloads.ContainerStatuses;
import dev.ebb.controllers.workloads.ContainerStatuses.Waiting;
import dev.ebb.controllers.workloads.PodTemplateHash;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.StartupPhases;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.core.PodQuality;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Conditions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The Pod that shows an instance. Pure.
///
/// It has the containers that really run, so `kubectl get pods` says 1/1, and the labels by which
/// people select Knative's Pods.
final class PodResources {
  /// Instances are processes of this machine; they share its loopback.
  private static final String ADDRESS = "127.0.0.1";

  /// Keeps the Pod of an instance that was told to end until it has ended: `Terminating`.
  static final String FINALIZER = "ebb.dev/instance";

  static final String STARTUP = "ebb.dev/startup";

  private PodResources() {}

  static ObjectKey key(Instance instance) {
    return new ObjectKey(instance.revision().namespace(), instance.id().value());
  }

  static Map<String, String> labels(KubernetesObject revision) {
    Map<String, String> labels = new HashMap<>(revision.labels());
    labels.remove(Labels.ROUTING_STATE);
    labels.put("app", revision.name());
    labels.put(Labels.REVISION, revision.name());
    labels.put(Labels.REVISION_UID, revision.uid());
    return labels;
  }

  /// @param owner its ReplicaSet, or the Revision where there is none
  static KubernetesObject pod(
      KubernetesObject revision, KubernetesObject owner, Instance instance, String nodeName) {
    KubernetesObject pod =
        KubernetesObject.of(CoreKinds.POD.type(), key(instance))
            .with(json -> {
              ObjectNode metadata = json.withObject("/metadata");
              metadata.put("uid", instance.id().podUid());
              metadata.putArray("finalizers").add(FINALIZER);
              ObjectNode spec = json.putObject("spec");
              RevisionPodSpec.copy(revision, spec);
              spec.put("nodeName", nodeName);
              spec.put(
                  "serviceAccountName",
                  revision.spec().path("serviceAccountName").asString("default"));
            });
    Map<String, String> annotations = new HashMap<>();
    startup(instance).ifPresent(text -> annotations.put(STARTUP, text));
    Map<String, String> labels = labels(revision);
    labels.put(PodTemplateHash.LABEL, ReplicaSetMirror.hashOf(instance.id()));
    return Children.ownedBy(owner, pod, labels, annotations);
  }

  /// Where the time of its start went; empty until it is ready, and for good when an earlier server
  /// started it.
  static Optional<String> startup(Instance instance) {
    return instance
        .startup()
        .map(phases ->
            "create %d ms, boot %d ms, init %d ms, ready %d ms"
                .formatted(
                    phases.create().toMillis(),
                    phases.boot().toMillis(),
                    phases.init().toMillis(),
                    phases.ready().toMillis()));
  }

  static ObjectNode status(
      ObjectNode status, KubernetesObject pod, Instance instance, Instant now) {
    boolean ready = instance.ready();
    boolean running = instance.phase() != Phase.STARTING || instance.pid() > 0;
    status.put("phase", running ? "Running" : "Pending");
    String ip = instance.ip().isEmpty() ? ADDRESS : instance.ip();
    status.put("hostIP", ADDRESS).put("podIP", ip);
    status.put("qosClass", PodQuality.of(pod.spec()));
    status.putArray("podIPs").addObject().put("ip", ip);
    status.put("startTime", instance.createdAt().truncatedTo(ChronoUnit.SECONDS).toString());
    // The list of an instance that ends goes on, so each condition keeps the time of its change.
    new Conditions(status, now)
        .markTrue("PodScheduled")
        .markTrue("Initialized")
        .mark(readiness("ContainersReady", ready, pod))
        .mark(readiness("Ready", ready, pod))
        .write();
    if (!instance.containers().isEmpty()) {
      ContainerStatuses.write(status, pod.spec(), Optional.of(instance), Waiting.CREATING);
      return status;
    }
    ArrayNode containers = status.putArray("containerStatuses");
    for (JsonNode container : pod.spec().path("containers")) {
      containers(containers.addObject(), container, instance, running);
    }
    return status;
  }

  private static Condition readiness(String type, boolean ready, KubernetesObject pod) {
    if (ready) {
      return new Condition(type, Condition.Status.TRUE, "", "");
    }
    String names =
        pod.spec()
            .path("containers")
            .valueStream()
            .map(container -> container.path("name").asString(""))
            .collect(Collectors.joining(" "));
    return new Condition(
        type,
        Condition.Status.FALSE,
        "ContainersNotReady",
        "containers with unready status: [%s]".formatted(names));
  }

  /// An instance is never restarted, another takes its place: no restarts and no last state.
  private static void containers(
      ObjectNode node, JsonNode container, Instance instance, boolean running) {
    String image = container.path("image").asString("");
    node.put("name", container.path("name").asString(""));
    node.put("image", image).put("imageID", image).put("restartCount", 0);
    node.put("ready", instance.ready());
    node.put("started", instance.phase() != Phase.STARTING);
    node.putObject("lastState");
    ObjectNode state = node.putObject("state");
    if (!running) {
      state.putObject("waiting").put("reason", "ContainerCreating");
      return;
    }
    node.put("containerID", "process://" + instance.pid());
    Duration create = instance.startup().map(StartupPhases::create).orElse(Duration.ZERO);
    Instant started = instance.createdAt().plus(create).truncatedTo(ChronoUnit.SECONDS);
    state.putObject("running").put("startedAt", started.toString());
  }
}
