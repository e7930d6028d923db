package dev.ebb.server;

import dev.ebb.dataplane.ApiAccess;
import dev.ebb.images.containers.ContainerImages;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.node.ContainerSupport;
import dev.ebb.node.PoolNetwork;
import dev.ebb.node.network.NetworkConfig;
import dev.ebb.node.network.NetworkPool;
import dev.ebb.node.network.NetworkUnavailableException;
import dev.ebb.node.sandbox.CrunRuntime;
import dev.ebb.node.sandbox.OciRuntime;
import dev.ebb.node.sandbox.SandboxConfig;
import dev.ebb.node.sandbox.SandboxReport;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WriteOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Finds out whether this machine runs containers for this server, and prepares it.
///
/// @param support for the node
/// @param network what instances are in
/// @param feed what they find there
/// @param program what runs them
record ServerContainers(
    ContainerSupport support, NetworkPool network, NetworkFeed feed, OciRuntime program) {
  private static final Logger LOG = System.getLogger(ServerContainers.class.getName());

  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /// A start holds one for a few milliseconds; more than there are cores only wait for each other.
  private static final int LAUNCHERS = Math.max(4, Runtime.getRuntime().availableProcessors());

  /// Empty, with a warning that says what is missing, where only functions can be run.
  ///
  /// @throws StartupException when containers are demanded
  static Optional<ServerContainers> open(
      ContainersConfig config,
      DataDirectory directory,
      ContainerImages images,
      Resources resources,
      ApiAccess access,
      HostAccess host,
      OpenParts open) {
    Optional<OciRuntime> program =
        config.isolation().choose(config.demanded(), () -> SandboxReport.look(config.runtime()));
    if (program.isEmpty()) {
      // Of a server that ran containers and was killed; this one cannot adopt them.
      ServerRemains.remove(directory.root(), directory.runDirectory());
      return Optional.empty();
    }
    try {
      CrunRuntime runtime =
          CrunRuntime.open(
              new SandboxConfig(
                  program.get(),
                  ServerRemains.owner(directory.root()),
                  Files.createDirectories(directory.resolve("containers").resolve("state")),
                  directory.resolve("containers").resolve("crun"),
                  LAUNCHERS));
      open.add(runtime);
      NetworkPool network =
          open.add(
              NetworkPool.open(
                  new NetworkConfig(
                      directory.root(),
                      directory.runDirectory(),
                      NetworkConfig.SIZE,
                      config.subnet(),
                      config.egress())));
      NetworkFeed feed = open.add(new NetworkFeed(resources, network));
      open.add(new HostPorts(network.gateway(), host.ports(), network::expose));
      return Optional.of(
          new ServerContainers(
              new ContainerSupport(runtime, images, new PoolNetwork(network), access, host.paths()),
              network,
              feed,
              program.get()));
    } catch (IOException | UncheckedIOException | NetworkUnavailableException e) {
      if (config.demanded()) {
        throw new StartupException("cannot run containers: " + e.getMessage(), e);
      }
      return without(String.valueOf(e.getMessage()));
    }
  }

  /// These addresses, and the one at which instances find the server.
  static List<InetAddress> reachable(
      List<InetAddress> addresses, Optional<ServerContainers> containers) {
    boolean all = addresses.stream().anyMatch(InetAddress::isAnyLocalAddress);
    return all || containers.isEmpty()
        ? addresses
        : Stream.concat(addresses.stream(), Stream.of(containers.get().network().gateway()))
            .toList();
  }

  /// The address at which instances come in.
  static Set<InetAddress> inside(Optional<ServerContainers> containers) {
    return containers
        .<Set<InetAddress>>map(all -> Set.of(all.network().gateway()))
        .orElseGet(Set::of);
  }

  /// Where instances find services and the API: at the usual ports, whatever ports the server has
  /// on the machine.
  void expose(Resources resources, int gatewayPort, int apiPort) {
    network.expose(HTTP, gatewayPort);
    feed.gatewayListens(gatewayPort);
    network.expose(HTTPS, apiPort);
    KubernetesObject endpoints =
        KubernetesObject.of(CoreKinds.ENDPOINTS.type(), new ObjectKey("default", "kubernetes"))
            .with(json -> {
              ObjectNode subset = json.putArray("subsets").addObject();
              subset
                  .putArray("addresses")
                  .addObject()
                  .put("ip", network.gateway().getHostAddress());
              subset
                  .putArray("ports")
                  .addObject()
                  .put("name", "https")
                  .put("port", HTTPS)
                  .put("protocol", "TCP");
            });
    WriteOptions byServer = WriteOptions.by("ebb-server").withoutSync();
    Optional<KubernetesObject> present = resources.find(CoreKinds.ENDPOINTS, endpoints.key());
    if (present.isEmpty()) {
      resources.create(CoreKinds.ENDPOINTS, endpoints, byServer);
    } else if (!present.get().json().path("subsets").equals(endpoints.json().path("subsets"))) {
      resources.update(
          CoreKinds.ENDPOINTS,
          present.get().with(json -> json.set("subsets", endpoints.json().path("subsets"))),
          byServer);
    }
  }

  private static Optional<ServerContainers> without(String why) {
    LOG.log(
        Level.WARNING, "container images are not run here, only functions from source: {0}", why);
    return Optional.empty();
  }
}
