package dev.ebb.controllers;

import dev.ebb.controllers.workloads.ServiceEndpoints;
import dev.ebb.controllers.workloads.VolumeResources;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.AppsKinds;
import dev.ebb.kinds.core.BatchKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.core.NetworkKinds;
import dev.ebb.kinds.core.ScalingKinds;
import dev.ebb.kinds.core.StorageKinds;
import dev.ebb.kinds.functions.FunctionKinds;
import dev.ebb.kinds.serving.DomainKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.Index;
import dev.ebb.reconcile.Informer;
import dev.ebb.resources.Resources;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/// One informer for each kind that the controllers read, shared by all of them.
final class Informers implements AutoCloseable {
  private final List<Informer> all = new ArrayList<>();
  private final Informer services;
  private final Informer configurations;
  private final Informer routes;
  private final Informer revisions;
  private final Informer functions;
  private final Informer configMaps;
  private final Informer secrets;
  private final Informer pods;
  private final Informer deployments;
  private final Informer replicaSets;
  private final Informer jobs;
  private final Informer cronJobs;
  private final Informer claims;
  private final Informer autoscalers;
  private final Informer coreServices;
  private final Informer domainMappings;
  private final Informer domainClaims;
  private final Index mappingsByReference;
  private final Index mappingsByDomain;
  private final Index mappingsBySecret;
  private final Index revisionsByConfiguration;
  private final Index routesByReference;
  private final Index replicaSetsByOwner;
  private final Informer endpoints;
  private final Informer endpointSlices;
  private final Index podsByLabel;
  private final Index servicesByTerm;
  private final Index slicesByOwner;
  private final Index coreServicesByOwner;

  Informers(Resources resources) {
    services = add(resources, ServingKinds.SERVICE);
    configurations = add(resources, ServingKinds.CONFIGURATION);
    routes = add(resources, ServingKinds.ROUTE);
    revisions = add(resources, ServingKinds.REVISION);
    functions = add(resources, FunctionKinds.FUNCTION);
    configMaps = add(resources, CoreKinds.CONFIG_MAP);
    secrets = add(resources, CoreKinds.SECRET);
    pods = add(resources, CoreKinds.POD);
    deployments = add(resources, AppsKinds.DEPLOYMENT);
    replicaSets = add(resources, AppsKinds.REPLICA_SET);
    jobs = add(resources, BatchKinds.JOB);
    cronJobs = add(resources, BatchKinds.CRON_JOB);
    claims = add(resources, StorageKinds.PERSISTENT_VOLUME_CLAIM);
    autoscalers = add(resources, ScalingKinds.HORIZONTAL_POD_AUTOSCALER);
    coreServices = add(resources, CoreKinds.SERVICE);
    domainMappings = add(resources, DomainKinds.DOMAIN_MAPPING);
    domainClaims = add(resources, DomainKinds.CLUSTER_DOMAIN_CLAIM);
    mappingsByReference =
        domainMappings.index(mapping -> List.of(DomainReference.keyOf(mapping).toString()));
    mappingsBySecret = domainMappings.index(Informers::secretOf);
    mappingsByDomain = domainMappings.index(mapping -> List.of(mapping.name()));
    revisionsByConfiguration = revisions.index(Informers::configurationOf);
    routesByReference = routes.index(Informers::referencesOf);
    replicaSetsByOwner = replicaSets.indexByOwner();
    endpoints = add(resources, CoreKinds.ENDPOINTS);
    endpointSlices = add(resources, NetworkKinds.ENDPOINT_SLICE);
    podsByLabel = pods.index(Informers::terms);
    servicesByTerm =
        coreServices.index(service ->
            ServiceEndpoints.has(service) ? List.of(ServiceEndpoints.term(service)) : List.of());
    slicesByOwner = endpointSlices.indexByOwner();
    coreServicesByOwner = coreServices.indexByOwner();
  }

  Informer services() {
    return services;
  }

  Informer configurations() {
    return configurations;
  }

  Informer routes() {
    return routes;
  }

  Informer revisions() {
    return revisions;
  }

  Informer functions() {
    return functions;
  }

  Informer configMaps() {
    return configMaps;
  }

  Informer secrets() {
    return secrets;
  }

  /// DomainMappings that bring their certificate in this Secret.
  List<KubernetesObject> mappingsWith(ObjectKey secret) {
    return mappingsBySecret.get(secret.toString());
  }

  private static List<String> secretOf(KubernetesObject mapping) {
    String name = mapping.spec().path("tls").path("secretName").asString("");
    return name.isEmpty()
        ? List.of()
        : List.of(new ObjectKey(mapping.namespace(), name).toString());
  }

  Informer pods() {
    return pods;
  }

  Informer deployments() {
    return deployments;
  }

  Informer replicaSets() {
    return replicaSets;
  }

  Informer jobs() {
    return jobs;
  }

  Informer claims() {
    return claims;
  }

  Informer autoscalers() {
    return autoscalers;
  }

  Informer cronJobs() {
    return cronJobs;
  }

  Informer coreServices() {
    return coreServices;
  }

  Informer domainMappings() {
    return domainMappings;
  }

  Informer domainClaims() {
    return domainClaims;
  }

  /// DomainMappings whose `spec.ref` has this name, of whatever kind.
  List<KubernetesObject> mappingsTo(ObjectKey reference) {
    return mappingsByReference.get(reference.toString());
  }

  /// DomainMappings of this domain, one for each namespace that wants it.
  List<KubernetesObject> mappingsOf(String domain) {
    return mappingsByDomain.get(domain);
  }

  Informer endpoints() {
    return endpoints;
  }

  Informer endpointSlices() {
    return endpointSlices;
  }

  /// Those that have the first label of the Service's selector, and maybe the others.
  List<KubernetesObject> podsOf(KubernetesObject service) {
    return podsByLabel.get(ServiceEndpoints.term(service));
  }

  /// Those that mount the claim.
  List<KubernetesObject> podsWith(KubernetesObject claim) {
    return VolumeResources.users(claim, pods.all());
  }

  /// Services whose selector begins with a label of the Pod.
  List<KubernetesObject> servicesOf(KubernetesObject pod) {
    return terms(pod).stream().flatMap(term -> servicesByTerm.get(term).stream()).toList();
  }

  List<KubernetesObject> endpointSlicesOf(KubernetesObject service) {
    return slicesByOwner.get(service.uid());
  }

  /// Those that the Route controls: its own name's, and its tags'.
  List<KubernetesObject> coreServicesOf(KubernetesObject route) {
    return coreServicesByOwner.get(route.uid());
  }

  List<KubernetesObject> revisionsOf(ObjectKey configuration) {
    return revisionsByConfiguration.get(configuration.toString());
  }

  /// Those that the Deployment controls.
  List<KubernetesObject> replicaSetsOf(KubernetesObject deployment) {
    return replicaSetsByOwner.get(deployment.uid()).stream()
        .filter(set -> Children.isControlledBy(set, deployment))
        .toList();
  }

  /// Routes whose spec names the Configuration or whose spec or status names the Revision.
  List<KubernetesObject> routesTo(KindDefinition kind, ObjectKey key) {
    return routesByReference.get(reference(kind, key));
  }

  void start() throws InterruptedException {
    all.forEach(Informer::start);
    for (Informer informer : all) {
      informer.awaitSync();
    }
  }

  @Override
  public void close() {
    all.forEach(Informer::close);
  }

  /// An object that is there and not about to go.
  static Optional<KubernetesObject> alive(Informer informer, ObjectKey key) {
    return informer.get(key).filter(object -> object.deletionTimestamp().isEmpty());
  }

  private Informer add(Resources resources, KindDefinition kind) {
    Informer informer = new Informer(resources, kind);
    all.add(informer);
    return informer;
  }

  private static List<String> terms(KubernetesObject pod) {
    return pod.labels().entrySet().stream()
        .map(label -> ServiceEndpoints.term(pod.namespace(), label.getKey(), label.getValue()))
        .toList();
  }

  private static List<String> configurationOf(KubernetesObject revision) {
    String configuration = revision.labels().getOrDefault(Labels.CONFIGURATION, "");
    return configuration.isEmpty()
        ? List.of()
        : List.of(new ObjectKey(revision.namespace(), configuration).toString());
  }

  private static Set<String> referencesOf(KubernetesObject route) {
    Set<String> references = new HashSet<>();
    revisionsNamedBy(route).forEach(key -> references.add(reference(ServingKinds.REVISION, key)));
    configurationsNamedBy(route)
        .forEach(key -> references.add(reference(ServingKinds.CONFIGURATION, key)));
    return references;
  }

  static List<ObjectKey> revisionsNamedBy(KubernetesObject route) {
    return named(route, "revisionName");
  }

  static List<ObjectKey> configurationsNamedBy(KubernetesObject route) {
    return named(route, "configurationName");
  }

  private static List<ObjectKey> named(KubernetesObject route, String field) {
    List<ObjectKey> keys = new ArrayList<>();
    for (JsonNode traffic : List.of(route.spec(), route.status())) {
      for (JsonNode target : traffic.path("traffic")) {
        String name = target.path(field).asString("");
        if (!name.isEmpty()) {
          keys.add(new ObjectKey(route.namespace(), name));
        }
      }
    }
    return keys;
  }

  private static String reference(KindDefinition kind, ObjectKey key) {
    return kind.plural() + " " + key;
  }

  static void forEach(List<KubernetesObject> objects, Consumer<ObjectKey> action) {
    objects.forEach(object -> action.accept(object.key()));
  }
}
