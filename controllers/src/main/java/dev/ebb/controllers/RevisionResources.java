package dev.ebb.controllers;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.ContainerSecurity;
import dev.ebb.dataplane.EnvironmentVariable;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.RequestLimits;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Workload;
import dev.ebb.kinds.GoDuration;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.Quantity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

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

  static RevisionId id(KubernetesObject revision) {
    return new RevisionId(revision.namespace(), revision.name());
  }

  static Workload workload(KubernetesObject revision, Duration progressDeadline) {
    String configuration = revision.labels().getOrDefault(Labels.CONFIGURATION, "");
    String service = revision.labels().getOrDefault(Labels.SERVICE, "");
    return new Workload(
        id(revision),
        service.isEmpty() ? configuration : service,
        configuration,
        PodSpec.of(container(userContainer(revision))),
        containerConcurrency(revision),
        limits(revision).timeout(),
        Optional.ofNullable(revision.annotations().get(PROGRESS_DEADLINE))
            .flatMap(GoDuration::parse)
            .filter(duration -> !duration.isNegative())
            .orElse(progressDeadline),
        seconds(revision.spec().path("terminationGracePeriodSeconds"), DEFAULT_TERMINATION_GRACE));
  }

  static RequestLimits limits(KubernetesObject revision) {
    JsonNode spec = revision.spec();
    Duration timeout = seconds(spec.path("timeoutSeconds"), Duration.ofMinutes(5));
    return new RequestLimits(
        containerConcurrency(revision),
        timeout,
        seconds(spec.path("responseStartTimeoutSeconds"), Duration.ZERO),
        seconds(spec.path("idleTimeoutSeconds"), Duration.ZERO),
        Math.max(LEAST_QUEUE, QUEUED_PER_SLOT * containerConcurrency(revision)),
        protocol(userContainer(revision)));
  }

  /// By the name of the port, as the runtime contract has it ("Protocols and Ports").
  private static RequestLimits.Protocol protocol(JsonNode container) {
    return container.path("ports").path(0).path("name").asString("").equals("h2c")
        ? RequestLimits.Protocol.H2C
        : RequestLimits.Protocol.HTTP1;
  }

  static int containerConcurrency(KubernetesObject revision) {
    return revision.spec().path("containerConcurrency").asInt(0);
  }

  /// The container that takes the requests: the one with a port, else the first.
  private static JsonNode userContainer(KubernetesObject revision) {
    JsonNode containers = revision.spec().path("containers");
    for (JsonNode container : containers) {
      if (!container.path("ports").isEmpty()) {
        return container;
      }
    }
    return containers.isEmpty() ? MissingNode.getInstance() : containers.get(0);
  }

  private static Container container(JsonNode container) {
    JsonNode limits = container.path("resources").path("limits");
    Optional<Quantity> memory = Quantity.parse(limits.path("memory").asString(""));
    Optional<Quantity> cpu = Quantity.parse(limits.path("cpu").asString(""));
    int port = container.path("ports").path(0).path("containerPort").asInt(0);
    return new Container(
        container.path("name").asString("user-container"),
        container.path("image").asString(""),
        Container.PullPolicy.IF_NOT_PRESENT,
        strings(container.path("command")),
        strings(container.path("args")),
        container.path("workingDir").asString(""),
        environment(container),
        port == 0 ? List.of() : List.of(new Container.Port("", port, "TCP")),
        new Container.ResourceLimits(
            memory.isPresent() ? OptionalLong.of(memory.get().units()) : OptionalLong.empty(),
            cpu.isPresent()
                ? OptionalInt.of((int) Math.min(Integer.MAX_VALUE, cpu.get().milliUnits()))
                : OptionalInt.empty(),
            OptionalLong.empty(),
            OptionalInt.empty()),
        List.of(),
        Container.Probes.NONE,
        Container.Lifecycle.NONE,
        ContainerSecurity.DEFAULT,
        false,
        false,
        false);
  }

  private static List<EnvironmentVariable> environment(JsonNode container) {
    List<EnvironmentVariable> variables = new ArrayList<>();
    // A single variable wins over one from a source, so those come last.
    for (JsonNode source : container.path("envFrom")) {
      String prefix = source.path("prefix").asString("");
      if (source.has("secretRef")) {
        JsonNode reference = source.path("secretRef");
        variables.add(
            new EnvironmentVariable.AllOfSecret(
                prefix,
                reference.path("name").asString(""),
                reference.path("optional").asBoolean(false)));
      }
      if (source.has("configMapRef")) {
        JsonNode reference = source.path("configMapRef");
        variables.add(
            new EnvironmentVariable.AllOfConfigMap(
                prefix,
                reference.path("name").asString(""),
                reference.path("optional").asBoolean(false)));
      }
    }
    for (JsonNode variable : container.path("env")) {
      variables.add(variable(variable));
    }
    return variables;
  }

  private static EnvironmentVariable variable(JsonNode variable) {
    String name = variable.path("name").asString("");
    JsonNode from = variable.path("valueFrom");
    if (from.has("secretKeyRef")) {
      JsonNode reference = from.path("secretKeyRef");
      return new EnvironmentVariable.SecretKey(
          name,
          reference.path("name").asString(""),
          reference.path("key").asString(""),
          reference.path("optional").asBoolean(false));
    }
    if (from.has("configMapKeyRef")) {
      JsonNode reference = from.path("configMapKeyRef");
      return new EnvironmentVariable.ConfigMapKey(
          name,
          reference.path("name").asString(""),
          reference.path("key").asString(""),
          reference.path("optional").asBoolean(false));
    }
    if (from.has("fieldRef")) {
      return new EnvironmentVariable.PodField(
          name, from.path("fieldRef").path("fieldPath").asString(""));
    }
    return new EnvironmentVariable.Value(name, variable.path("value").asString(""));
  }

  private static Duration seconds(JsonNode node, Duration otherwise) {
    return node.isNumber() ? Duration.ofSeconds(node.asLong()) : otherwise;
  }

  private static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(node -> strings.add(node.asString("")));
    return strings;
  }
}
