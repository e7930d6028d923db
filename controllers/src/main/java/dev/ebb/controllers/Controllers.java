package dev.ebb.controllers;

import dev.ebb.controllers.certificates.CertificatePublisher;
import dev.ebb.controllers.certificates.IssuedCertificates;
import dev.ebb.controllers.workloads.PlatformPart;
import dev.ebb.controllers.workloads.VolumeResources;
import dev.ebb.dataplane.GatewayControl;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.Scaler;
import dev.ebb.dataplane.Subscription;
import dev.ebb.images.FunctionPackages;
import dev.ebb.images.containers.ContainerImages;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.kinds.settings.SystemSettings;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Controller;
import dev.ebb.reconcile.EventRecorder;
import dev.ebb.reconcile.ObjectChange;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.StatusWriter;
import dev.ebb.reconcile.WorkQueue;
import dev.ebb.resources.Resources;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// All controllers of Ebb: they bring the node, the gateway and the autoscaler to what the objects
/// say, and write into the objects what came of it.
///
/// ```
/// var controllers = new Controllers(resources, node, gateway, autoscaler, packages, images, config);
/// controllers.start();   // returns when everything that was stored serves again
/// ```
///
/// Nothing polls: each change of an object and each event of an instance queues the keys that it
/// concerns. At a start all Revisions are registered before the first routing table is published,
/// so instances that outlived an earlier server take the first request.
public final class Controllers implements AutoCloseable {
  /// A reconcile waits for an fsync of about a millisecond; eight at once share one group commit.
  private static final int WORKERS = 8;

  /// What only shows how instances are doing waits so long: its work would take the processor from
  /// the very start that it is about, and what follows until then is shown together with it.
  private static final Duration SHOWN_AFTER = Duration.ofMillis(50);

  /// What shows something may have been made from a cache that was behind, or changed by somebody.
  /// It is looked at again when its changes have come to rest: mostly they are our own.
  private static final Duration CHECKED_AFTER = Duration.ofSeconds(1);

  private final Informers informers;
  private final InstanceTracker tracker;
  private final SystemConfig config;
  private final Bootstrap bootstrap;
  private final RoutePublisher publisher;
  private final RevisionReconciler revisionReconciler;
  private final RouteReconciler routeReconciler;
  private final Controller functions;
  private final Controller services;
  private final Controller configurations;
  private final Controller revisions;
  private final Controller routes;
  private final DomainMappingReconciler domainReconciler;
  private final Controller domains;
  private final CertificatePublisher certificates;
  private final DefaultCertificateReconciler defaultCertificateReconciler;
  private final Controller defaultCertificate;
  private final EventRecorder events;
  private final PodMirror podMirror;
  private final Controller pods;
  private final Controller node;
  private final Controller nodePorts;
  private final Controller endpoints;
  private final PlainPodReconciler podReconciler;
  private final Controller plainPods;
  private final Controller deployments;
  private final Controller replicaSets;
  private final Controller jobs;
  private final Controller cronJobs;
  private final Controller claims;
  private final Controller autoscalers;
  private final Controller revisionWorkloads;
  private final Controller routeServices;
  private final Controller garbage;
  private final Scaler scaler;
  private final Optional<DigestResolver> digests;
  private Subscription decisions = () -> {};
  private volatile boolean ready;

  /// @param images empty where no node runs containers: their tags stay tags
  public Controllers(
      Resources resources,
      Instances instances,
      GatewayControl gateway,
      Scaler scaler,
      FunctionPackages packages,
      Optional<ContainerImages> images,
      ControllersConfig settings) {
    this.scaler = scaler;
    informers = new Informers(resources);
    tracker = new InstanceTracker(instances);
    config =
        new SystemConfig(
            informers.configMaps(),
            informers.coreServices(),
            settings.portSuffix(),
            settings.httpsPort());
    Children children = new Children(resources, Context.FIELD_MANAGER);
    bootstrap = new Bootstrap(resources, children, settings.clock());
    publisher = new RoutePublisher(gateway);
    certificates = new CertificatePublisher(gateway);
    EncryptionPlanner encryptions =
        new EncryptionPlanner(
            informers,
            config,
            new IssuedCertificates(settings.issuer(), settings.clock()),
            certificates,
            settings.clock());
    events = new EventRecorder(resources, Context::component, settings.clock());
    Context context =
        new Context(
            resources,
            informers,
            children,
            new StatusWriter(resources, Context.FIELD_MANAGER),
            events,
            settings.clock());
    PullSecrets pullSecrets =
        new PullSecrets(new ResourceReferences(resources, (user, repository) -> Optional.empty()));
    digests =
        images.map(all -> new DigestResolver(all, pullSecrets, settings.clock(), this::resolved));
    revisionReconciler =
        new RevisionReconciler(context, config, tracker, instances, gateway, scaler, digests);
    routeReconciler = new RouteReconciler(context, publisher, config, encryptions, certificates);
    functions =
        controller("function", new FunctionReconciler(context, packages, settings.entrypoints()));
    services = controller("service", new ServiceReconciler(context));
    configurations = controller("configuration", new ConfigurationReconciler(context));
    revisions = controller("revision", revisionReconciler);
    routes = controller("route", routeReconciler);
    domainReconciler =
        new DomainMappingReconciler(context, publisher, config, encryptions, certificates);
    domains = controller("domainmapping", domainReconciler);
    defaultCertificateReconciler =
        new DefaultCertificateReconciler(context, config, certificates, this::enqueueHosts);
    defaultCertificate =
        new Controller("default-certificate", new WorkQueue(), defaultCertificateReconciler, 1);
    podMirror = new PodMirror(context, instances, settings.machine().get().name());
    pods = controller("pod", podMirror::reconcilePod);
    node =
        new Controller("node", new WorkQueue(), new NodeReconciler(context, settings.machine()), 1);
    nodePorts =
        new Controller("node-port", new WorkQueue(), new NodePortReconciler(context, gateway), 1);
    endpoints = controller("endpoints", new EndpointsReconciler(context));
    podReconciler = new PlainPodReconciler(context, instances, settings.machine().get().name());
    plainPods = controller("plain-pod", podReconciler);
    deployments =
        controller(
            "deployment",
            new DeploymentReconciler(
                context,
                part -> part == PlatformPart.CONTROLLERS ? ready : settings.parts().test(part)));
    jobs = controller("job", new JobReconciler(context));
    cronJobs = controller("cron-job", new CronJobReconciler(context));
    claims =
        controller(
            "claim",
            new ClaimReconciler(context, settings.claims(), settings.machine().get().name()));
    autoscalers =
        controller(
            "horizontal-pod-autoscaler",
            new HorizontalReconciler(context, config, scaler, settings.usage()));
    replicaSets = controller("replica-set", new ReplicaSetReconciler(context));
    WorkloadMirror workloads = new WorkloadMirror(context, tracker, scaler, config);
    revisionWorkloads = controller("revision-workload", workloads::reconcileRevision);
    routeServices = controller("route-service", workloads::reconcileRoute);
    garbage = controller("garbage", new GarbageReconciler(context, config::retention));
  }

  /// Returns when the caches are filled, all Revisions registered and all Routes published.
  public void start() throws InterruptedException {
    bootstrap.run();
    connect();
    informers.start();
    for (KubernetesObject revision : informers.revisions().all()) {
      if (revision.deletionTimestamp().isEmpty()
          && RevisionReconciler.unsupported(revision).isEmpty()
          && revisionReconciler.unresolved(revision).isEmpty()) {
        revisionReconciler.register(revision, RevisionRouting.of(revision, informers));
      }
    }
    tracker.start();
    decisions = scaler.subscribe(revision -> show(RevisionResources.key(revision)));
    var _ = defaultCertificateReconciler.reconcile(DefaultCertificateReconciler.CONFIG);
    DomainSettings domain = config.domain();
    for (KubernetesObject route : informers.routes().all()) {
      if (route.deletionTimestamp().isEmpty()) {
        routeReconciler.assign(route, domain);
      }
    }
    for (KubernetesObject mapping : informers.domainMappings().all()) {
      if (mapping.deletionTimestamp().isEmpty()) {
        domainReconciler.assignStored(mapping);
      }
    }
    certificates.open();
    publisher.open();
    // Pods of instances that ended while no server looked.
    Informers.forEach(informers.pods().all(), pods::enqueue);
    node.enqueue(ObjectKey.clusterScoped(""));
    events.start();
    all().forEach(Controller::start);
    ready = true;
  }

  /// Whether [#start] is through and [#close] was not called.
  public boolean ready() {
    return ready;
  }

  /// Leaves the gateway, the node and the autoscaler as they are.
  @Override
  public void close() {
    ready = false;
    decisions.close();
    tracker.close();
    digests.ifPresent(DigestResolver::close);
    informers.close();
    all().forEach(Controller::close);
    events.close();
  }

  private static Controller controller(String name, Reconciler reconciler) {
    return new Controller(name, new WorkQueue(), reconciler, WORKERS);
  }

  private List<Controller> all() {
    return List.of(
        functions,
        services,
        configurations,
        revisions,
        routes,
        domains,
        defaultCertificate,
        pods,
        node,
        nodePorts,
        endpoints,
        plainPods,
        deployments,
        replicaSets,
        jobs,
        cronJobs,
        claims,
        autoscalers,
        revisionWorkloads,
        routeServices,
        garbage);
  }

  /// Says which keys each change concerns.
  private void connect() {
    informers.functions().onChange(change -> functions.enqueue(change.object().key()));
    informers
        .services()
        .onChange(change -> {
          services.enqueue(change.object().key());
          enqueueMappingsTo(change);
          enqueueOwner(functions, "Function", change);
        });
    informers.configurations().onChange(this::configurationChanged);
    informers.routes().onChange(this::routeChanged);
    informers.revisions().onChange(this::revisionChanged);
    informers.configMaps().onChange(this::configMapChanged);
    informers.secrets().onChange(change -> secretChanged(change.object().key()));
    informers
        .pods()
        .onChange(change -> {
          podMirror.podChanged(change);
          pods.enqueue(change.object().key());
          plainPods.enqueue(change.object().key());
          for (String claim : VolumeResources.claims(change.object())) {
            claims.enqueue(new ObjectKey(change.object().namespace(), claim));
          }
          Informers.forEach(informers.servicesOf(change.object()), endpoints::enqueue);
          change
              .previous()
              .ifPresent(
                  before -> Informers.forEach(informers.servicesOf(before), endpoints::enqueue));
          enqueueOwner(replicaSets, "ReplicaSet", change);
          enqueueOwner(jobs, "Job", change);
        });
    informers.jobs().onChange(change -> jobs.enqueue(change.object().key()));
    informers.jobs().onChange(change -> enqueueOwner(cronJobs, "CronJob", change));
    informers
        .claims()
        .onChange(change -> {
          claims.enqueue(change.object().key());
          Informers.forEach(informers.podsWith(change.object()), plainPods::enqueue);
        });
    informers
        .autoscalers()
        .onChange(change -> {
          if (HorizontalReconciler.concerns(change)) {
            autoscalers.enqueue(change.object().key());
          }
          enqueueOwner(revisionWorkloads, "Revision", change);
        });
    informers.cronJobs().onChange(change -> cronJobs.enqueue(change.object().key()));
    informers.deployments().onChange(change -> deployments.enqueue(change.object().key()));
    informers.deployments().onChange(this::mirrorChanged);
    informers.replicaSets().onChange(this::mirrorChanged);
    informers
        .replicaSets()
        .onChange(change -> {
          replicaSets.enqueue(change.object().key());
          enqueueOwner(deployments, "Deployment", change);
        });
    informers
        .coreServices()
        .onChange(change -> {
          endpoints.enqueue(change.object().key());
          if (change.object().controller().isEmpty()) {
            nodePorts.enqueue(change.object().key());
            informers
                .routes()
                .get(change.object().key())
                .map(KubernetesObject::key)
                .ifPresent(routes::enqueue);
          }
          enqueueOwner(revisionWorkloads, "Revision", change);
          enqueueOwner(routeServices, "Route", change);
          if (isHiddenOrShown(change)) {
            enqueueOwner(routes, "Route", change);
          }
          enqueueMappingsTo(change);
        });
    informers
        .endpoints()
        .onChange(change -> endpoints.enqueueAfter(change.object().key(), CHECKED_AFTER));
    informers.endpointSlices().onChange(this::sliceChanged);
    informers.domainMappings().onChange(change -> domains.enqueue(change.object().key()));
    informers.domainClaims().onChange(change -> enqueueMappingsOf(change.object().name()));
    tracker.onEvent(this::instanceChanged);
  }

  private static boolean isHiddenOrShown(ObjectChange change) {
    boolean before =
        change
            .previous()
            .filter(service -> DomainSettings.isClusterLocal(service.labels()))
            .isPresent();
    return before != DomainSettings.isClusterLocal(change.object().labels());
  }

  private void configurationChanged(ObjectChange change) {
    ObjectKey key = change.object().key();
    configurations.enqueue(key);
    garbage.enqueue(key);
    enqueueOwner(services, "Service", change);
    Informers.forEach(informers.routesTo(ServingKinds.CONFIGURATION, key), routes::enqueue);
    Informers.forEach(informers.revisionsOf(key), revisions::enqueue);
  }

  private void revisionChanged(ObjectChange change) {
    ObjectKey key = change.object().key();
    revisions.enqueue(key);
    revisionWorkloads.enqueue(key);
    enqueueMappingsTo(change);
    enqueueOwner(configurations, "Configuration", change);
    enqueueOwner(garbage, "Configuration", change);
    Informers.forEach(informers.routesTo(ServingKinds.REVISION, key), routes::enqueue);
  }

  /// Revisions that got traffic and those that lost it become reachable or not.
  private void routeChanged(ObjectChange change) {
    KubernetesObject route = change.object();
    routes.enqueue(route.key());
    routeServices.enqueue(route.key());
    enqueueMappingsTo(change);
    config
        .domain()
        .hosts(route.key(), route.labels(), route.annotations())
        .forEach(this::enqueueMappingsOf);
    enqueueOwner(services, "Service", change);
    Set<ObjectKey> concerned = new HashSet<>(Informers.revisionsNamedBy(route));
    change.previous().ifPresent(before -> concerned.addAll(Informers.revisionsNamedBy(before)));
    for (ObjectKey configuration : Informers.configurationsNamedBy(route)) {
      Informers.forEach(informers.revisionsOf(configuration), key -> concerned.add(key));
      configurations.enqueue(configuration);
    }
    change
        .previous()
        .ifPresent(
            before -> Informers.configurationsNamedBy(before).forEach(configurations::enqueue));
    for (ObjectKey revision : concerned) {
      revisions.enqueue(revision);
      informers
          .revisions()
          .get(revision)
          .flatMap(KubernetesObject::controller)
          .ifPresent(
              owner -> configurations.enqueue(new ObjectKey(revision.namespace(), owner.name())));
    }
  }

  private void configMapChanged(ObjectChange change) {
    if (!ready || !change.object().namespace().equals(SystemSettings.NAMESPACE)) {
      return;
    }
    switch (change.object().name()) {
      case SystemSettings.AUTOSCALER -> {
        Informers.forEach(informers.revisions().all(), revisions::enqueue);
        Informers.forEach(informers.revisions().all(), revisionWorkloads::enqueue);
      }
      case SystemSettings.DEPLOYMENT ->
          Informers.forEach(informers.revisions().all(), revisions::enqueue);
      case SystemSettings.DOMAIN -> Informers.forEach(informers.routes().all(), routes::enqueue);
      case SystemSettings.FEATURES -> {
        Informers.forEach(informers.routes().all(), routes::enqueue);
        Informers.forEach(informers.revisions().all(), revisions::enqueue);
      }
      case SystemSettings.NETWORK -> {
        if (!config.network().externalDomainTls()) {
          certificates.unshareAll();
        }
        enqueueHosts();
      }
      case SystemSettings.INGRESS ->
          defaultCertificate.enqueue(DefaultCertificateReconciler.CONFIG);
      case SystemSettings.GARBAGE ->
          Informers.forEach(informers.configurations().all(), garbage::enqueue);
      default -> {}
    }
  }

  private void secretChanged(ObjectKey secret) {
    Informers.forEach(informers.mappingsWith(secret), domains::enqueue);
    if (config.ingress().defaultCertificate().filter(secret::equals).isPresent()) {
      defaultCertificate.enqueue(DefaultCertificateReconciler.CONFIG);
    }
  }

  private void enqueueHosts() {
    Informers.forEach(informers.routes().all(), routes::enqueue);
    Informers.forEach(informers.domainMappings().all(), domains::enqueue);
  }

  private void resolved(ObjectKey revision) {
    revisions.enqueue(revision);
  }

  private void instanceChanged(InstanceEvent event) {
    podReconciler.apply(event).ifPresent(plainPods::enqueue);
    if (InstanceTracker.concernsPod(event)) {
      return;
    }
    show(RevisionResources.key(event.revision()));
    podMirror.apply(event).ifPresent(pod -> pods.enqueueAfter(pod, SHOWN_AFTER));
  }

  /// Somebody waits for a Revision that is not ready yet, and its Route too.
  private void show(ObjectKey revision) {
    boolean isReady =
        informers.revisions().get(revision).filter(it -> Condition.ready(it).isTrue()).isPresent();
    revisions.enqueueAfter(revision, isReady ? SHOWN_AFTER : Duration.ZERO);
    revisionWorkloads.enqueueAfter(revision, SHOWN_AFTER);
  }

  private void mirrorChanged(ObjectChange change) {
    Mirrors.revision(change.object())
        .ifPresent(revision -> revisionWorkloads.enqueueAfter(revision, CHECKED_AFTER));
  }

  private void sliceChanged(ObjectChange change) {
    Owners.controller(change.object(), "Service")
        .ifPresent(service -> endpoints.enqueueAfter(service, CHECKED_AFTER));
  }

  private void enqueueMappingsTo(ObjectChange change) {
    Informers.forEach(informers.mappingsTo(change.object().key()), domains::enqueue);
  }

  private void enqueueMappingsOf(String domain) {
    Informers.forEach(informers.mappingsOf(domain), domains::enqueue);
  }

  private static void enqueueOwner(Controller controller, String kind, ObjectChange change) {
    Owners.controller(change.object(), kind).ifPresent(controller::enqueue);
  }
}
