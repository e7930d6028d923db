package dev.ebb.controllers;

import dev.ebb.kinds.GoDuration;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.reconcile.Informer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The settings in the ConfigMaps of the namespace `knative-serving`, as of now.
final class SystemConfig {
  static final String NAMESPACE = "knative-serving";
  static final String AUTOSCALER = "config-autoscaler";
  static final String DOMAIN = "config-domain";
  static final String DEPLOYMENT = "config-deployment";

  static final String FEATURES = "config-features";
  static final String GARBAGE = "config-gc";
  static final String NETWORK = "config-network";

  static final String TAG_HEADER = "tag-header-based-routing";
  static final String ROLLOUT_DURATION = "rollout-duration";

  static final String AUTOCREATE_CLAIMS = "autocreate-cluster-domain-claims";

  static final String SKIPPED_REGISTRIES = "kind.local,ko.local,dev.local";

  private final Informer configMaps;
  private final Supplier<String> portSuffix;

  SystemConfig(Informer configMaps, Supplier<String> portSuffix) {
    this.configMaps = configMaps;
    this.portSuffix = portSuffix;
  }

  ScalingSettings scaling() {
    return new ScalingSettings(data(AUTOSCALER));
  }

  DomainSettings domain() {
    return DomainSettings.of(data(DOMAIN), portSuffix.get());
  }

  Duration progressDeadline() {
    return GoDuration.parse(data(DEPLOYMENT).getOrDefault("progress-deadline", ""))
        .filter(deadline -> !deadline.isNegative())
        .orElse(Duration.ofMinutes(10));
  }

  Duration digestResolutionTimeout() {
    return GoDuration.parse(data(DEPLOYMENT).getOrDefault("digest-resolution-timeout", ""))
        .filter(timeout -> timeout.isPositive())
        .orElse(Duration.ofSeconds(10));
  }

  /// Registries whose tags stay tags: those of tools that load images without one.
  Set<String> registriesSkippingTagResolving() {
    String names =
        data(DEPLOYMENT).getOrDefault("registries-skipping-tag-resolving", SKIPPED_REGISTRIES);
    return Arrays.stream(names.split(",", -1)).map(String::strip).collect(Collectors.toSet());
  }

  RevisionRetention retention() {
    return RevisionRetention.of(data(GARBAGE));
  }

  /// Whether a DomainMapping claims its domain by itself; on unless somebody says otherwise, for
  /// the user of one machine is its operator too.
  boolean autocreateDomainClaims() {
    return data(NETWORK).getOrDefault(AUTOCREATE_CLAIMS, "true").equalsIgnoreCase("true");
  }

  /// How long a new Revision takes to get all the traffic of the Route; zero for at once. The Route
  /// says so itself, in Go's form, or `config-network` says it for all, in seconds.
  Duration rolloutDuration(KubernetesObject route) {
    return Labels.ROLLOUT_DURATION.stream()
        .flatMap(name -> Optional.ofNullable(route.annotations().get(name)).stream())
        .findFirst()
        .flatMap(GoDuration::parse)
        .filter(Duration::isPositive)
        .or(() -> GoDuration.parse(data(NETWORK).getOrDefault(ROLLOUT_DURATION, "") + "s"))
        .filter(Duration::isPositive)
        .orElse(Duration.ZERO);
  }

  /// Whether requests choose a tag by a header; as on Knative, off unless somebody says otherwise.
  boolean tagHeaderRouting() {
    return data(FEATURES).getOrDefault(TAG_HEADER, "").equalsIgnoreCase("enabled");
  }

  private Map<String, String> data(String name) {
    Map<String, String> data = new HashMap<>();
    configMaps
        .get(new ObjectKey(NAMESPACE, name))
        .ifPresent(configMap ->
            configMap
                .json()
                .path("data")
                .properties()
                .forEach(entry -> data.put(entry.getKey(), entry.getValue().asString(""))));
    return data;
  }
}
