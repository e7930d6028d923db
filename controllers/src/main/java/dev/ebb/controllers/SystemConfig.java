package dev.ebb.controllers;

import dev.ebb.kinds.GoDuration;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.settings.DeploymentSettings;
import dev.ebb.kinds.settings.DomainSelectors;
import dev.ebb.kinds.settings.Features;
import dev.ebb.kinds.settings.IngressSettings;
import dev.ebb.kinds.settings.NetworkSettings;
import dev.ebb.kinds.settings.ScalingDefaults;
import dev.ebb.kinds.settings.SystemSettings;
import dev.ebb.reconcile.Informer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// The settings in the ConfigMaps of the namespace `knative-serving`, as of now.
final class SystemConfig {
  private final Informer configMaps;
  private final Informer coreServices;
  private final Supplier<String> portSuffix;
  private final IntSupplier httpsPort;

  SystemConfig(
      Informer configMaps,
      Informer coreServices,
      Supplier<String> portSuffix,
      IntSupplier httpsPort) {
    this.configMaps = configMaps;
    this.coreServices = coreServices;
    this.portSuffix = portSuffix;
    this.httpsPort = httpsPort;
  }

  ScalingSettings scaling() {
    return new ScalingSettings(ScalingDefaults.now(this::data));
  }

  DomainSettings domain() {
    return DomainSettings.of(
            DomainSelectors.now(this::data), network(), portSuffix.get(), httpsPort.getAsInt())
        .hiding(this::isHidden);
  }

  /// As on Knative, a Route or one tag of it is hidden by a label of its core Service, too.
  private boolean isHidden(ObjectKey name) {
    return coreServices
        .get(name)
        .filter(service -> DomainSettings.isClusterLocal(service.labels()))
        .flatMap(KubernetesObject::controller)
        .filter(owner -> owner.kind().equals("Route"))
        .isPresent();
  }

  DeploymentSettings deployment() {
    return DeploymentSettings.now(this::data);
  }

  NetworkSettings network() {
    return NetworkSettings.now(this::data);
  }

  IngressSettings ingress() {
    return IngressSettings.now(this::data);
  }

  /// Whether requests choose a tag by a header; as on Knative, off unless somebody says otherwise.
  boolean tagHeaderRouting() {
    return Features.now(this::data).isOn(Features.TAG_HEADER);
  }

  /// Whether instances are asked for HTTP/2 where no port says what they speak.
  boolean autodetectsHttp2() {
    return Features.now(this::data).isOn(Features.AUTODETECT_HTTP2);
  }

  RevisionRetention retention() {
    return RevisionRetention.of(data(SystemSettings.GARBAGE));
  }

  /// How long a new Revision takes to get all the traffic of the Route; zero for at once. The Route
  /// says so itself, in Go's form, or `config-network` says it for all, in seconds.
  Duration rolloutDuration(KubernetesObject route) {
    return Labels.ROLLOUT_DURATION.stream()
        .flatMap(name -> Optional.ofNullable(route.annotations().get(name)).stream())
        .findFirst()
        .flatMap(GoDuration::parse)
        .filter(Duration::isPositive)
        .orElseGet(() -> network().rolloutDuration());
  }

  private Map<String, String> data(String name) {
    return data(new ObjectKey(SystemSettings.NAMESPACE, name));
  }

  private Map<String, String> data(ObjectKey key) {
    Optional<KubernetesObject> configMap = configMaps.get(key);
    return configMap.map(SystemSettings::data).orElseGet(Map::of);
  }
}
