package dev.ebb.controllers;

import dev.ebb.controllers.workloads.VolumeResources;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.AdmissionKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.core.MetricsKinds;
import dev.ebb.kinds.core.StorageKinds;
import dev.ebb.kinds.settings.NetworkSettings;
import dev.ebb.kinds.settings.SystemSettings;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Conditions;
import dev.ebb.reconcile.StatusWriter;
import dev.ebb.resources.Resources;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Makes the objects that clients expect on every server, where they are missing; what a user
/// changed stays.
final class Bootstrap {
  private static final List<String> NAMESPACES =
      List.of("default", "kube-system", "kube-public", "kube-node-lease", SystemSettings.NAMESPACE);

  /// Knative's own defaults, but for the domain and the initial scale of zero, which is allowed.
  private static final Map<String, Map<String, String>> CONFIG_MAPS =
      Map.of(
          SystemSettings.AUTOSCALER,
          Map.ofEntries(
              Map.entry("container-concurrency-target-percentage", "70"),
              Map.entry("container-concurrency-target-default", "100"),
              Map.entry("requests-per-second-target-default", "200"),
              Map.entry("stable-window", "60s"),
              Map.entry("panic-window-percentage", "10.0"),
              Map.entry("panic-threshold-percentage", "200.0"),
              Map.entry("max-scale-up-rate", "1000.0"),
              Map.entry("max-scale-down-rate", "2.0"),
              Map.entry("enable-scale-to-zero", "true"),
              Map.entry("scale-to-zero-pod-retention-period", "0s"),
              Map.entry("scale-down-delay", "0s"),
              Map.entry("initial-scale", "1"),
              Map.entry("allow-zero-initial-scale", "true"),
              Map.entry("min-scale", "0"),
              Map.entry("max-scale", "0")),
          SystemSettings.DOMAIN,
          Map.of(DomainSettings.DEFAULT_DOMAIN, ""),
          SystemSettings.DEFAULTS,
          Map.of(
              "revision-timeout-seconds", "300",
              "max-revision-timeout-seconds", "600",
              "container-concurrency", "0",
              "container-concurrency-max-limit", "1000"),
          SystemSettings.DEPLOYMENT,
          Map.of(
              "progress-deadline",
              "600s",
              "digest-resolution-timeout",
              "10s",
              "registries-skipping-tag-resolving",
              "kind.local,ko.local,dev.local"),
          SystemSettings.FEATURES,
          Map.of(),
          SystemSettings.GARBAGE,
          Map.of(
              "retain-since-create-time", "48h",
              "retain-since-last-active-time", "15h",
              "min-non-active-revisions", "20",
              "max-non-active-revisions", "1000"),
          SystemSettings.INGRESS,
          Map.of(),
          SystemSettings.NETWORK,
          Map.of(
              "autocreate-cluster-domain-claims",
              "true",
              "domain-template",
              NetworkSettings.DOMAIN_TEMPLATE,
              "tag-template",
              NetworkSettings.TAG_TEMPLATE),
          SystemSettings.OBSERVABILITY,
          Map.of(),
          "config-logging",
          Map.of());

  private final Resources resources;
  private final Children children;
  private final InstantSource clock;

  Bootstrap(Resources resources, Children children, InstantSource clock) {
    this.resources = resources;
    this.children = children;
    this.clock = clock;
  }

  void run() {
    for (String namespace : NAMESPACES) {
      ensure(
          CoreKinds.NAMESPACE,
          KubernetesObject.of(CoreKinds.NAMESPACE.type(), ObjectKey.clusterScoped(namespace)));
    }
    ensure(CoreKinds.SERVICE, CoreServiceResources.kubernetes());
    ensure(StorageKinds.STORAGE_CLASS, VolumeResources.storageClass());
    ensureAvailable(MetricsKinds.POD_METRICS);
    CONFIG_MAPS.forEach((name, data) ->
        ensure(
            CoreKinds.CONFIG_MAP,
            KubernetesObject.of(
                    CoreKinds.CONFIG_MAP.type(), new ObjectKey(SystemSettings.NAMESPACE, name))
                .with(json -> put(json.putObject("data"), data))));
  }

  /// Scripts that need `kubectl top` look whether its APIService is available.
  private void ensureAvailable(KindDefinition served) {
    String version = served.type().version();
    KubernetesObject service =
        KubernetesObject.of(
                AdmissionKinds.API_SERVICE.type(),
                ObjectKey.clusterScoped(version + "." + served.group()))
            .with(json ->
                json.putObject("spec")
                    .put("group", served.group())
                    .put("version", version)
                    .put("groupPriorityMinimum", 100)
                    .put("versionPriority", 100));
    if (resources.find(AdmissionKinds.API_SERVICE, service.key()).isEmpty()) {
      Condition available =
          new Condition(
              "Available",
              Condition.Status.TRUE,
              "Local",
              "Local APIServices are always available");
      new StatusWriter(resources, Context.FIELD_MANAGER)
          .write(
              AdmissionKinds.API_SERVICE,
              children.ensure(AdmissionKinds.API_SERVICE, service),
              status -> {
                new Conditions(status, clock.instant()).mark(available).write();
                return status;
              });
    }
  }

  private void ensure(KindDefinition kind, KubernetesObject object) {
    if (resources.find(kind, object.key()).isEmpty()) {
      children.ensure(kind, object);
    }
  }

  private static void put(ObjectNode node, Map<String, String> data) {
    data.forEach(node::put);
  }
}
