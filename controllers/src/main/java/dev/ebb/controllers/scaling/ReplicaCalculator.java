package dev.ebb.controllers.scaling;

import dev.ebb.controllers.scaling.Metric.Elsewhere;
import dev.ebb.controllers.scaling.Metric.Target;
import dev.ebb.controllers.scaling.Metric.Use;
import dev.ebb.controllers.scaling.Proposal.Replicas;
import dev.ebb.controllers.scaling.Proposal.Unknown;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.Quantity;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// How many Pods one metric wants: `ceil(Pods * reading / target)`, and as many as there are while
/// the reading is within the tolerance of its target.
///
/// What is not known is taken so that it makes the change smaller. Pods without a reading use all
/// that was requested when the count would fall, and nothing when it would rise; those that are not
/// ready yet use nothing when it would rise, and do not count otherwise. If the direction turns
/// around because of what was assumed, nothing changes.
///
/// @param current the count of the workload's spec
/// @param pods those that its selector chooses
/// @param use by the Pods' names
/// @param tolerance around the target, for each direction
record ReplicaCalculator(
    int current,
    List<KubernetesObject> pods,
    Map<String, PodUse> use,
    Tolerance tolerance,
    Instant now) {
  /// @param down below 1 the count stays so far
  /// @param up above 1 the count stays so far
  record Tolerance(double down, double up) {
    /// kube-controller-manager's `--horizontal-pod-autoscaler-tolerance`.
    static final double USUAL = 0.1;

    boolean covers(double ratio) {
      return ratio >= 1 - down && ratio <= 1 + up;
    }
  }

  /// @param ratio the reading by its target
  /// @param shown in the unit of the target: percent, or thousandths
  /// @param average per Pod, in thousandths
  private record Reading(double ratio, long shown, long average) {}

  private static final class UnknownException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnknownException(String problem) {
      super(problem);
    }
  }

  /// Compares readings with a target.
  private interface Comparison {
    Reading of(Map<String, Long> readings);

    /// What a Pod is taken to use that was not measured, when the count would fall.
    long assumed(String pod);
  }

  Proposal propose(Metric metric) {
    return switch (metric) {
      case Use one -> {
        try {
          yield ofUse(one);
        } catch (UnknownException e) {
          yield new Unknown(
              "FailedGet" + one.type() + "Metric",
              "failed to get %s utilization: %s".formatted(one.resource(), e.getMessage()),
              "failed to get %s %s metric value"
                  .formatted(
                      one.resource(), one.container().isPresent() ? "container" : "resource"));
        }
      }
      case Elsewhere other -> elsewhere(other);
    };
  }

  /// In the words of a cluster that has no adapter.
  private static Proposal elsewhere(Elsewhere metric) {
    return switch (metric.type()) {
      case "Pods", "Object" ->
          new Unknown(
              "FailedGet" + metric.type() + "Metric",
              "unable to get metric %s: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered"
                  .formatted(metric.name()),
              "failed to get %s metric value".formatted(metric.type().toLowerCase(Locale.ROOT)));
      case "External" ->
          new Unknown(
              "FailedGetExternalMetric",
              "unable to get external metric %s: unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered"
                  .formatted(metric.name()),
              "failed to get %s external metric value".formatted(metric.name()));
      default ->
          new Unknown(
              "InvalidMetricSourceType",
              "unknown metric source type \"%s\"".formatted(metric.type()),
              "invalid metric");
    };
  }

  private Replicas ofUse(Use metric) {
    if (use.isEmpty()) {
      throw new UnknownException(
          "unable to get metrics for resource %s: no metrics returned from resource metrics API"
              .formatted(metric.resource()));
    }
    if (pods.isEmpty()) {
      throw new UnknownException("no pods returned by selector while calculating replica count");
    }
    PodGroups groups =
        PodGroups.of(
            pods,
            use,
            metric.resource(),
            (one, resource) ->
                metric
                    .container()
                    .map(container -> one.milli(resource, container))
                    .orElseGet(() -> one.milli(resource)),
            now);
    Comparison comparison = comparison(metric);
    if (groups.readings().isEmpty()) {
      throw new UnknownException(
          "did not receive metrics for targeted pods (pods might be unready)");
    }
    Reading reading = comparison.of(groups.readings());
    return told(metric, count(groups, comparison, reading.ratio()), reading);
  }

  private int count(PodGroups groups, Comparison comparison, double ratio) {
    boolean withUnready = !groups.unready().isEmpty() && ratio > 1;
    if (!withUnready && groups.missing().isEmpty()) {
      return tolerance.covers(ratio) ? current : (int) Math.ceil(ratio * groups.readings().size());
    }
    Map<String, Long> assumed = new HashMap<>(groups.readings());
    for (String pod : groups.missing()) {
      assumed.put(pod, ratio < 1 ? comparison.assumed(pod) : 0L);
    }
    if (withUnready) {
      groups.unready().forEach(pod -> assumed.put(pod, 0L));
    }
    double careful = comparison.of(assumed).ratio();
    if (tolerance.covers(careful) || (ratio < 1) != (careful < 1)) {
      return current;
    }
    int count = (int) Math.ceil(careful * assumed.size());
    return (careful < 1 && count > current) || (careful > 1 && count < current) ? current : count;
  }

  private Comparison comparison(Use metric) {
    return switch (metric.target()) {
      case Target.Utilization(int percent) -> new OfRequests(requests(metric), percent);
      case Target.Average(long milli) -> new OfAmount(milli);
      case Target.Unset() ->
          throw new UnknownException(
              "invalid resource metric source: neither a utilization target nor a value target was"
                  + " set");
    };
  }

  private record OfRequests(Map<String, Long> requests, int percent) implements Comparison {
    @Override
    public Reading of(Map<String, Long> readings) {
      long used = 0;
      long requested = 0;
      for (Map.Entry<String, Long> one : readings.entrySet()) {
        used += one.getValue();
        requested += requests.getOrDefault(one.getKey(), 0L);
      }
      if (requested == 0) {
        throw new UnknownException("no metrics returned matched known pods");
      }
      long utilization = used * 100 / requested;
      return new Reading((double) utilization / percent, utilization, used / readings.size());
    }

    @Override
    public long assumed(String pod) {
      return requests.getOrDefault(pod, 0L) * Math.max(100, percent) / 100;
    }
  }

  private record OfAmount(long target) implements Comparison {
    @Override
    public Reading of(Map<String, Long> readings) {
      long average = readings.values().stream().mapToLong(Long::longValue).sum() / readings.size();
      return new Reading((double) average / target, average, average);
    }

    @Override
    public long assumed(String pod) {
      return target;
    }
  }

  /// In thousandths, by the Pods' names.
  private Map<String, Long> requests(Use metric) {
    Map<String, Long> requests = new LinkedHashMap<>();
    for (KubernetesObject pod : pods) {
      long sum = 0;
      for (JsonNode container : pod.spec().path("containers")) {
        String name = container.path("name").asString("");
        if (metric.container().filter(one -> !one.equals(name)).isPresent()) {
          continue;
        }
        sum +=
            request(container, metric.resource())
                .orElseThrow(() ->
                    new UnknownException(
                        "missing request for %s in container %s of Pod %s"
                            .formatted(metric.resource(), name, pod.name())));
      }
      requests.put(pod.name(), sum);
    }
    return requests;
  }

  /// The limit is the request where only that is set.
  private static OptionalLong request(JsonNode container, String resource) {
    for (String field : List.of("requests", "limits")) {
      Optional<Quantity> quantity =
          Quantity.parse(container.path("resources").path(field).path(resource).asString(""));
      if (quantity.isPresent()) {
        return OptionalLong.of(quantity.get().milliUnits());
      }
    }
    return OptionalLong.empty();
  }

  private static Replicas told(Use metric, int count, Reading reading) {
    ObjectNode status = JsonNodeFactory.instance.objectNode().put("type", metric.type());
    ObjectNode part = status.putObject(metric.part()).put("name", metric.resource());
    metric.container().ifPresent(container -> part.put("container", container));
    ObjectNode now = part.putObject("current");
    String of = metric.container().map(container -> " of container " + container).orElse("");
    String words;
    String name;
    if (metric.target() instanceof Target.Utilization(int percent)) {
      now.put("averageUtilization", (int) Math.min(Integer.MAX_VALUE, reading.shown()));
      name =
          "%s %sresource utilization (percentage of request)"
              .formatted(metric.resource(), metric.container().isPresent() ? "container " : "");
      words =
          "%s%s at %d %% of its request on average, target %d %%"
              .formatted(metric.resource(), of, reading.shown(), percent);
    } else {
      name = metric.resource() + " resource";
      words =
          "%s%s at %s per instance on average, target %s"
              .formatted(
                  metric.resource(),
                  of,
                  amount(metric, reading.average()),
                  amount(metric, ((Target.Average) metric.target()).milli()));
    }
    now.put("averageValue", Amounts.decimal(reading.average()));
    return new Replicas(count, name, words + ": " + count + " wanted", status);
  }

  private static String amount(Use metric, long milli) {
    return metric.resource().equals("memory")
        ? Amounts.binary(milli / 1000)
        : Amounts.decimal(milli);
  }
}
