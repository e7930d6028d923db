package dev.ebb.controllers;

import dev.ebb.kinds.GoDuration;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.reconcile.Informer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The settings in the ConfigMaps of the namespace `knative-serving`, as of now.
final class SystemConfig {
  static final String NAMESPACE = "knative-serving";
  static final String AUTOSCALER = "config-autoscaler";
  static final String DOMAIN = "config-domain";
  static final String DEPLOYMENT = "config-deployment";

  static final String GARBAGE = "config-gc";
  static final String NETWORK = "config-network";

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
