package dev.ebb.dialects.openfaas;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricFamily.Sample;
import dev.ebb.dataplane.MetricFamily.Value;
import dev.ebb.dataplane.MetricSource;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RevisionTraffic;
import dev.ebb.dataplane.Scaler;
import dev.ebb.dataplane.ScalingDecision;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.Resources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Metrics of functions under the names of the OpenFaaS gateway, for the dashboards and alert rules
/// that people have. Functions are those of the namespaces of [FunctionNamespaces].
///
/// A function's counters are those of its Revisions together, also of Revisions that are gone: a
/// sum that falls would be read as a restart, and what is left of it as new requests. Thread-safe.
///
/// Source: OpenFaaS's documentation of metrics. Its histogram has the status as a label, which this
/// has not.
public final class FunctionMetrics implements MetricSource {
  private static final String SERVICE_LABEL = "serving.knative.dev/service";

  private final Resources resources;
  private final FunctionNamespaces namespaces;
  private final Supplier<Map<RevisionId, RevisionTraffic>> traffic;
  private final Scaler scaler;
  private final Map<RevisionId, Seen> lastSeen = new HashMap<>();
  private final Map<ObjectKey, Totals> gone = new HashMap<>();

  /// @param traffic what the gateway counted of each Revision
  public FunctionMetrics(
      Resources resources, Supplier<Map<RevisionId, RevisionTraffic>> traffic, Scaler scaler) {
    this.resources = resources;
    this.namespaces = new FunctionNamespaces(resources);
    this.traffic = traffic;
    this.scaler = scaler;
  }

  /// A Revision's traffic at the last look, and whose it is.
  private record Seen(ObjectKey function, RevisionTraffic traffic) {}

  /// Counters of a function.
  private static final class Totals {
    final Map<Integer, Long> byStatus = new TreeMap<>();
    final List<Double> bounds = new ArrayList<>();
    final List<Long> durations = new ArrayList<>();
    double seconds;

    void add(RevisionTraffic traffic) {
      traffic.byStatus().forEach((status, count) -> byStatus.merge(status, count, Long::sum));
      add(traffic.durations());
    }

    void add(Totals other) {
      other.byStatus.forEach((status, count) -> byStatus.merge(status, count, Long::sum));
      add(new Value.Histogram(other.bounds, other.durations, other.seconds));
    }

    private void add(Value.Histogram histogram) {
      if (histogram.counts().isEmpty()) {
        return;
      }
      if (durations.isEmpty()) {
        bounds.addAll(histogram.upperBounds());
        durations.addAll(histogram.counts());
      } else {
        for (int i = 0; i < durations.size(); i++) {
          durations.set(i, durations.get(i) + histogram.counts().get(i));
        }
      }
      seconds += histogram.sum();
    }

    long requests() {
      return byStatus.values().stream().mapToLong(count -> count).sum();
    }
  }

  @Override
  public synchronized List<MetricFamily> metrics() {
    Map<RevisionId, RevisionTraffic> now = traffic.get();
    List<Sample> invocations = new ArrayList<>();
    List<Sample> started = new ArrayList<>();
    List<Sample> seconds = new ArrayList<>();
    List<Sample> wanted = new ArrayList<>();
    List<Sample> ready = new ArrayList<>();
    List<Sample> least = new ArrayList<>();
    List<Sample> targets = new ArrayList<>();
    Map<RevisionId, Seen> seen = new HashMap<>();
    Map<ObjectKey, KubernetesObject> functions = functions();
    Map<ObjectKey, List<RevisionId>> revisions = revisions(functions, now, seen);
    keepWhatIsGone(seen, functions);
    functions.forEach((key, service) -> {
      Totals totals = new Totals();
      totals.add(gone.getOrDefault(key, new Totals()));
      long open = 0;
      long instances = 0;
      long desired = 0;
      for (RevisionId revision : revisions.getOrDefault(key, List.of())) {
        RevisionTraffic here = now.get(revision);
        if (here != null) {
          totals.add(here);
          open += here.inFlight() + here.waiting();
          if (Functions.called(service).contains(revision.name())) {
            instances += here.readyInstances();
          }
        }
        if (Functions.called(service).contains(revision.name())) {
          desired += scaler.lastDecision(revision).map(ScalingDecision::desired).orElse(0);
        }
      }
      Map<String, String> labels = Map.of("function_name", key.name() + "." + key.namespace());
      totals.byStatus.forEach((status, count) -> {
        Map<String, String> coded = new HashMap<>(labels);
        coded.put("code", Integer.toString(status));
        invocations.add(new Sample(coded, new Value.Scalar(count)));
      });
      started.add(new Sample(labels, new Value.Scalar(totals.requests() + open)));
      if (!totals.durations.isEmpty()) {
        seconds.add(
            new Sample(
                labels, new Value.Histogram(totals.bounds, totals.durations, totals.seconds)));
      }
      wanted.add(new Sample(labels, new Value.Scalar(desired)));
      ready.add(new Sample(labels, new Value.Scalar(instances)));
      least.add(new Sample(labels, new Value.Scalar(leastOf(service))));
      targetOf(service)
          .ifPresent(target -> targets.add(new Sample(labels, new Value.Scalar(target))));
    });
    return List.of(
        new MetricFamily(
            "gateway_function_invocation",
            "Calls of functions that are over, by status; 0 where the caller left.",
            MetricFamily.Type.COUNTER,
            invocations),
        new MetricFamily(
            "gateway_function_invocation_started",
            "Calls of functions that came in.",
            // A counter, but OpenFaaS's has no `_total`, which a counter's name would get here.
            MetricFamily.Type.GAUGE,
            started),
        new MetricFamily(
            "gateway_functions_seconds",
            "How long calls of functions took.",
            MetricFamily.Type.HISTOGRAM,
            seconds),
        new MetricFamily(
            "gateway_service_count",
            "Instances that a function should have.",
            MetricFamily.Type.GAUGE,
            wanted),
        new MetricFamily(
            "gateway_service_ready_count",
            "Instances of a function that take calls.",
            MetricFamily.Type.GAUGE,
            ready),
        new MetricFamily(
            "gateway_service_min",
            "The least instances of a function, by its labels.",
            MetricFamily.Type.GAUGE,
            least),
        new MetricFamily(
            "gateway_service_target",
            "The load of one instance that a function is scaled for, by its labels.",
            MetricFamily.Type.GAUGE,
            targets));
  }

  private Map<ObjectKey, KubernetesObject> functions() {
    Map<ObjectKey, KubernetesObject> functions = new LinkedHashMap<>();
    for (String namespace : namespaces.names()) {
      for (KubernetesObject service :
          resources.list(ServingKinds.SERVICE, ListQuery.in(namespace)).items()) {
        functions.put(service.key(), service);
      }
    }
    return functions;
  }

  private Map<ObjectKey, List<RevisionId>> revisions(
      Map<ObjectKey, KubernetesObject> functions,
      Map<RevisionId, RevisionTraffic> now,
      Map<RevisionId, Seen> seen) {
    Map<ObjectKey, List<RevisionId>> revisions = new HashMap<>();
    for (String namespace : namespaces.names()) {
      for (KubernetesObject revision :
          resources.list(ServingKinds.REVISION, ListQuery.in(namespace)).items()) {
        ObjectKey function =
            new ObjectKey(namespace, revision.labels().getOrDefault(SERVICE_LABEL, ""));
        if (functions.containsKey(function)) {
          RevisionId id = new RevisionId(namespace, revision.name());
          revisions.computeIfAbsent(function, _ -> new ArrayList<>()).add(id);
          RevisionTraffic here = now.get(id);
          if (here != null) {
            seen.put(id, new Seen(function, here));
          }
        }
      }
    }
    return revisions;
  }

  private void keepWhatIsGone(
      Map<RevisionId, Seen> seen, Map<ObjectKey, KubernetesObject> functions) {
    lastSeen.forEach((id, last) -> {
      if (!seen.containsKey(id)) {
        gone.computeIfAbsent(last.function(), _ -> new Totals()).add(last.traffic());
      }
    });
    lastSeen.clear();
    lastSeen.putAll(seen);
    gone.keySet().retainAll(functions.keySet());
  }

  private static long leastOf(KubernetesObject service) {
    try {
      ScalingLabels labels = new ScalingLabels(service.labels());
      return labels.toZero() ? 0 : Math.max(1, labels.min());
    } catch (Refusal unreadable) {
      // A Service that was made elsewhere may have any labels: what they say is not known here.
      return 0;
    }
  }

  private static Optional<Double> targetOf(KubernetesObject service) {
    try {
      return Optional.of(new ScalingLabels(service.labels()).target());
    } catch (Refusal unreadable) {
      return Optional.empty();
    }
  }
}
