package dev.ebb.server;

import static java.util.Objects.requireNonNull;

import dev.ebb.apiserver.ApiServer;
import dev.ebb.apiserver.ApiServerConfig;
import dev.ebb.apiserver.CertificateAuthority;
import dev.ebb.apiserver.ListenException;
import dev.ebb.apiserver.ServiceAccountTokens;
import dev.ebb.apiserver.SubresourceRoute;
import dev.ebb.apiserver.VersionInfo;
import dev.ebb.apiserver.pods.Attach;
import dev.ebb.apiserver.pods.Exec;
import dev.ebb.apiserver.pods.PortForward;
import dev.ebb.apiserver.proxy.Proxy;
import dev.ebb.autoscaler.Autoscaler;
import dev.ebb.cli.ServerRecord;
import dev.ebb.cli.VersionCommand;
import dev.ebb.controllers.Controllers;
import dev.ebb.controllers.ControllersConfig;
import dev.ebb.controllers.ResourceReferences;
import dev.ebb.controllers.accounts.AccountControllers;
import dev.ebb.controllers.accounts.Credentials;
import dev.ebb.dataplane.BacklogSource;
import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.RouteChange;
import dev.ebb.dataplane.Scaler;
import dev.ebb.dialects.openfaas.FunctionController;
import dev.ebb.dialects.openfaas.FunctionMetrics;
import dev.ebb.dialects.openfaas.OpenFaasBootstrap;
import dev.ebb.dialects.openfaas.OpenFaasGateway;
import dev.ebb.dialects.openfaas.OpenFaasRoutes;
import dev.ebb.gateway.Gateway;
import dev.ebb.gateway.GatewayConfig;
import dev.ebb.gateway.GatewayConfig.HttpsPort;
import dev.ebb.gateway.GatewayException;
import dev.ebb.gateway.Transport;
import dev.ebb.images.FunctionPackages;
import dev.ebb.images.distribution.Puller;
import dev.ebb.images.registry.RegistryNames;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.extensions.DynamicKinds;
import dev.ebb.node.HostName;
import dev.ebb.node.NodeConfig;
import dev.ebb.node.NodeInstances;
import dev.ebb.node.volumes.ClaimDirectories;
import dev.ebb.resources.local.BuiltInDefinitions;
import dev.ebb.resources.local.CustomResources;
import dev.ebb.resources.local.EventExpiry;
import dev.ebb.resources.local.IdSource;
import dev.ebb.resources.local.LocalResources;
import dev.ebb.resources.local.NamespaceTermination;
import dev.ebb.resources.local.OwnerGarbageCollector;
import dev.ebb.resources.local.RoleAggregation;
import dev.ebb.resources.local.StoredPolicy;
import dev.ebb.resources.rbac.PolicyBootstrap;
import dev.ebb.server.registry.ImageRights;
import dev.ebb.server.registry.RegistryProtocol;
import dev.ebb.store.MemoryStore;
import dev.ebb.store.SqliteStore;
import dev.ebb.store.Store;
import dev.ebb.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/// A running platform on one machine: the rooms, wired by their constructors.
///
/// What was started last is closed first: no new requests and objects, then the instances, then the
/// store.
public final class Server implements AutoCloseable {
  private final OpenParts open;
  private final NodeInstances node;
  private final ServerRecord record;
  private volatile boolean ready;

  private Server(ServerConfig config, OpenParts open) throws IOException, InterruptedException {
    this.open = open;
    DataDirectory directory = open.add(DataDirectory.open(config.dataDirectory()));
    Files.createDirectories(directory.resolve("log"));
    LogbackSetup.writeTo(directory.resolve("log/ebb.log"));
    int gatewayPort = Ports.choose(config.gatewayPort(), "--port", config.portsMayMove());
    HttpsPort httpsPort =
        config.httpsPort().isPresent()
            ? new HttpsPort(
                Ports.choose(config.httpsPort().getAsInt(), "--https-port", /* mayMove= */ false),
                /* mayMove= */ false)
            : new HttpsPort(ServerConfig.HTTPS_PORT, /* mayMove= */ true);
    int apiPort = Ports.choose(config.apiPort(), "--api-port", config.portsMayMove());
    int metricsPort = Ports.choose(config.metricsPort(), "--metrics-port", config.portsMayMove());

    InstantSource clock = InstantSource.system();
    Store store = open.add(store(config, directory));
    DynamicKinds kinds = new DynamicKinds(new BuiltInKinds());
    LocalResources resources = new LocalResources(store, kinds, clock, IdSource.random());
    open.add(new CustomResources(resources, kinds));
    open.add(new OwnerGarbageCollector(resources));
    open.add(new NamespaceTermination(resources));
    open.add(new EventExpiry(resources, clock));
    PolicyBootstrap.run(resources);
    open.add(new RoleAggregation(resources));
    StoredPolicy policy = open.add(new StoredPolicy(resources));
    AtomicReference<Set<String>> apiAddresses = new AtomicReference<>(Set.of());
    ServerImages images =
        new ServerImages(
            directory.resolve("images"),
            blobs -> open.add(new Puller(blobs, config.registries())),
            apiAddresses::get,
            new ImageRights(policy),
            clock,
            open);
    FunctionPackages packages = images.packages();
    RegistryProtocol registryProtocol = new RegistryProtocol(images.registry(), policy);

    // Gateway, node and autoscaler form a circle of three: requests raise demand, demand starts
    // instances, instances take requests. The gateway is made first and gets the others by name.
    AtomicReference<Scaler> scaler = new AtomicReference<>();
    AtomicReference<Instances> instances = new AtomicReference<>();
    ServiceAccountTokens tokens =
        ServiceAccountTokens.open(
            resources,
            ApiServerConfig.pki(directory.root()),
            InstanceAccess.running(() -> requireNonNull(instances.get()).list()),
            clock);
    Optional<ServerContainers> containers =
        ServerContainers.open(
            config.containers(),
            directory,
            images.images(),
            resources,
            new InstanceAccess(resources, tokens),
            config.host(),
            open);
    List<InetAddress> addresses = ServerContainers.reachable(config.addresses(), containers);
    Gateway gateway =
        new Gateway(
            gatewayConfig(config, addresses, gatewayPort, open)
                .withInside(ServerContainers.inside(containers))
                .withHttpsPort(httpsPort),
            revision -> requireNonNull(scaler.get()).raise(revision),
            instance -> requireNonNull(instances.get()).stop(instance));
    NodeConfig nodeDefaults =
        NodeConfig.defaults(config.home(), directory.root(), directory.runDirectory())
            .withInstancesEndWithServer(config.instancesEndWithServer());
    NodeConfig nodeConfig =
        nodeDefaults.withStandbys(
            // Whoever tries one function has no use for what would be left after kill -9.
            config.instancesEndWithServer()
                ? 0
                : config.containers().standbys().orElse(nodeDefaults.budget().standbys()));
    node =
        open.add(
            new NodeInstances(
                nodeConfig,
                packages,
                new ResourceReferences(resources, new ImageRights(policy)),
                gateway,
                containers.map(ServerContainers::support)));
    instances.set(node);
    gateway.log(open.add(RequestLogger.to(directory.resolve("log/requests.log"), resources)));
    open.add(node.subscribe(gateway::onInstanceEvent));
    AtomicReference<BacklogSource> backlogs = new AtomicReference<>();
    Autoscaler autoscaler =
        open.add(
            new Autoscaler(node, gateway, ready -> requireNonNull(backlogs.get()).collect(ready)));
    scaler.set(autoscaler);
    open.add(gateway);
    gateway.start();
    ServerCalls calls =
        open.add(
            new ServerCalls(
                directory.resolve("events"), config.calls(), resources, gateway, policy, clock));
    backlogs.set(calls.backlogs());
    InstanceMetrics usage = metrics(resources);
    Controllers controllers =
        open.add(
            new Controllers(
                resources,
                node,
                gateway,
                autoscaler,
                packages,
                containers.map(it -> it.support().images()),
                new ControllersConfig(
                    () -> gateway.port() == 80 ? "" : ":" + gateway.port(),
                    gateway::httpsPort,
                    GatewayCertificates.by(
                        new CertificateAuthority(ApiServerConfig.pki(directory.root()), clock)),
                    RuntimeEntrypoints.read(config.home()),
                    new ThisMachine(HostName.read(), VersionCommand.VERSION, nodeConfig)::now,
                    part ->
                        switch (part) {
                          case GATEWAY -> gateway.isListening();
                          case AUTOSCALER -> autoscaler.isRunning();
                          // The event log is opened before, and the server ends with it.
                          case CONTROLLERS, API_SERVER, EVENT_LOG -> ready;
                        },
                    new ClaimDirectories(ClaimDirectories.root(directory.root())),
                    usage,
                    clock)));
    OpenFaasBootstrap.run(resources);
    controllers.start();
    gateway.change(
        new RouteChange(
            List.of(
                OpenFaasRoutes.of(
                    new OpenFaasGateway(
                        resources,
                        node,
                        gateway::traffic,
                        autoscaler,
                        new FunctionUse(resources, node, node::usage),
                        VersionCommand.VERSION,
                        clock),
                    calls.functions()))));
    autoscaler.start();
    PrometheusText metricsText =
        new PrometheusText(
            List.of(
                gateway,
                node,
                autoscaler,
                registryProtocol.metrics(),
                calls.metrics(),
                new FunctionMetrics(resources, gateway::traffic, autoscaler),
                new FunctionUseMetrics(resources, node::list, node::counters),
                new DiskMetrics(directory.root()),
                new JvmMetrics()));
    ApiServer api =
        open.add(
            new ApiServer(
                resources,
                policy,
                ApiServerConfig.inDataDirectory(
                    addresses,
                    directory.root(),
                    apiPort,
                    directory.runDirectory().resolve("api.sock"),
                    new VersionInfo(VersionCommand.VERSION, "")),
                new ApiServer.Handlers(
                    List.of(
                        registryProtocol.route(),
                        images.route(),
                        new DoctorEndpoint(
                                config.containers().isolation(),
                                containers,
                                DoctorEndpoint.https(config, gateway.httpsPort()))
                            .route(),
                        new MetricsRoute(metricsText).route(),
                        new ScalingEndpoint(resources, gateway::traffic, autoscaler).route(),
                        calls.endpoint().route()),
                    routes(resources, gateway, clock),
                    usage.resources()),
                tokens,
                clock));
    api.start();
    containers.ifPresent(it -> it.expose(resources, gateway.port(), api.port()));
    apiAddresses.set(RegistryNames.addresses(config.addresses(), api.port()));
    open.add(new FunctionController(resources, clock)).start();
    open.add(new AccountControllers(resources, credentials(api))).start();
    open.add(new BuiltInDefinitions(resources));
    images.startCollecting(resources, open);
    MetricsEndpoint metrics = open.add(new MetricsEndpoint(metricsPort, metricsText, this::ready));
    record =
        new ServerRecord(
            ProcessHandle.current().pid(),
            VersionCommand.VERSION,
            Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
            "http://localhost:" + gateway.port(),
            gateway.httpsPort(),
            api.url(),
            "http://127.0.0.1:" + metrics.port(),
            directory.runDirectory().resolve("api.sock"),
            directory.resolve("kubeconfig"),
            directory.root());
    record.write();
    calls.start(Set.of(api.port(), metrics.port()));
    ready = true;
    containers.ifPresent(it -> it.network().fill());
    node.warmUp();
  }

  private static Credentials credentials(ApiServer api) {
    return new Credentials() {
      @Override
      public String authorityPem() {
        return api.authorityPem();
      }

      @Override
      public String token(KubernetesObject serviceAccount, KubernetesObject secret) {
        return api.tokenFor(serviceAccount, secret);
      }
    };
  }

  /// The sub-resources behind which are instances, not stored objects.
  private List<SubresourceRoute> routes(
      LocalResources resources, Gateway gateway, InstantSource clock) {
    List<SubresourceRoute> routes =
        new ArrayList<>(new LogHandlers(resources, node, clock).routes());
    InstancePods pods = new InstancePods(resources, node);
    InstancePorts ports = new InstancePorts(pods, node);
    routes.add(new PortForward(ports).route());
    InstanceExec programs = new InstanceExec(pods, node);
    routes.add(new Exec(programs).route());
    routes.add(new Attach(programs).route());
    routes.add(Proxy.ofPods(new PodProxyTargets(pods, ports)));
    routes.add(Proxy.ofServices(new ServiceProxyTargets(resources, ports, gateway::port)));
    return routes;
  }

  private InstanceMetrics metrics(LocalResources resources) {
    InstancePods pods = new InstancePods(resources, node);
    return new InstanceMetrics(resources, pods::instance, node::usage);
  }

  /// Returns when everything listens and the controllers know the present state.
  ///
  /// @throws StartupException when it cannot start; nothing is left running
  public static Server start(ServerConfig config) {
    return Ports.start(config, Server::attempt);
  }

  private static Server attempt(ServerConfig config) {
    OpenParts open = new OpenParts();
    try {
      return new Server(config, open);
    } catch (BindException | ListenException | GatewayException e) {
      open.close();
      throw new NotListeningException(String.valueOf(e.getMessage()), e);
    } catch (IOException | UncheckedIOException e) {
      open.close();
      throw new StartupException("cannot start: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      open.close();
      Thread.currentThread().interrupt();
      throw new StartupException("the start was interrupted", e);
    } catch (StoreException e) {
      open.close();
      throw new StartupException(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      open.close();
      throw e;
    }
  }

  private static Store store(ServerConfig config, DataDirectory directory) throws IOException {
    if (!config.persistent()) {
      return new MemoryStore();
    }
    Files.createDirectories(directory.resolve("store"));
    return new SqliteStore(directory.resolve("store/ebb.db"));
  }

  private static GatewayConfig gatewayConfig(
      ServerConfig config, List<InetAddress> addresses, int port, OpenParts open) {
    GatewayConfig gateway =
        GatewayConfig.defaults(port).withTransport(transport(config)).withAddresses(addresses);
    return config.accessLog() ? gateway.withAccessLog(open.add(new AccessLogger())) : gateway;
  }

  private static Transport transport(ServerConfig config) {
    for (Transport transport : Transport.values()) {
      if (transport.name().equalsIgnoreCase(config.transport())) {
        return transport;
      }
    }
    throw new StartupException(
        "--transport %s is not known; it is one of auto, io_uring, epoll, nio"
            .formatted(config.transport()));
  }

  public ServerRecord record() {
    return record;
  }

  public boolean ready() {
    return ready;
  }

  /// Lets requests in flight finish, then ends the instances and everything else.
  @Override
  public void close() {
    ready = false;
    open.close();
  }

  /// Kills the instances; for a program that ends at once.
  void closeNow() {
    ready = false;
    node.closeNow();
    ServerRecord.remove(record.dataDirectory());
  }
}
