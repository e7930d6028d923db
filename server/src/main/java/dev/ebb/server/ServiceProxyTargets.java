package dev.ebb.server;

import dev.ebb.apiserver.proxy.Proxy;
import dev.ebb.apiserver.proxy.ProxyTarget;
import dev.ebb.apiserver.proxy.ProxyTargets;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.Resources;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// `services/NAME:PORT/proxy`. Services of Knative's Routes and Revisions go through the gateway,
/// so that limits hold and a revision at zero starts; others to a Pod that their selector finds.
final class ServiceProxyTargets implements ProxyTargets {
  private static final String SERVING = "serving.knative.dev/";

  private final Resources resources;
  private final InstancePorts ports;
  private final IntSupplier gatewayPort;

  ServiceProxyTargets(Resources resources, InstancePorts ports, IntSupplier gatewayPort) {
    this.resources = resources;
    this.ports = ports;
    this.gatewayPort = gatewayPort;
  }

  @Override
  public ProxyTarget find(ObjectKey key, String port) {
    KubernetesObject service = resources.get(CoreKinds.SERVICE, key);
    JsonNode chosen = port(service, port);
    boolean knative =
        service.controller().filter(owner -> owner.apiVersion().startsWith(SERVING)).isPresent();
    return knative ? throughGateway(key) : toPod(service, chosen);
  }

  /// The gateway knows Routes and Revisions by the names that they have within a cluster.
  private ProxyTarget throughGateway(ObjectKey key) {
    return new ProxyTarget(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), gatewayPort.getAsInt()),
        "%s.%s.svc.cluster.local".formatted(key.name(), key.namespace()));
  }

  private ProxyTarget toPod(KubernetesObject service, JsonNode port) {
    String selector =
        service.spec().path("selector").properties().stream()
            .map(label -> label.getKey() + "=" + label.getValue().asString(""))
            .collect(Collectors.joining(","));
    if (selector.isEmpty()) {
      throw noEndpoints(service);
    }
    List<KubernetesObject> pods =
        new ArrayList<>(
            resources
                .list(CoreKinds.POD, ListQuery.in(service.namespace()).withLabels(selector))
                .items());
    Collections.shuffle(pods);
    return pods.stream()
        .map(pod -> target(pod, port))
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow(() -> noEndpoints(service));
  }

  private Optional<ProxyTarget> target(KubernetesObject pod, JsonNode port) {
    JsonNode wanted = port.path("targetPort");
    String text = wanted.isMissingNode() ? port.path("port").asString("") : wanted.asString("");
    int number = PodProxyTargets.number(pod, text);
    return ports
        .address(pod.key(), number)
        .map(address -> new ProxyTarget(address, pod.name() + ":" + number));
  }

  /// The Service's port of that number or name; the only one, when the client named none.
  ///
  /// @throws ApiException 503
  private static JsonNode port(KubernetesObject service, String port) {
    JsonNode all = service.spec().path("ports");
    boolean isNumber = !port.isEmpty() && port.chars().allMatch(Character::isDigit);
    for (JsonNode one : all) {
      if (isNumber
          ? one.path("port").asString("").equals(port)
          : one.path("name").asString("").equals(port)) {
        return one;
      }
    }
    if (isNumber) {
      throw Proxy.unavailable(
          "no service port %s found for service \"%s\"".formatted(port, service.name()));
    }
    if (port.isEmpty() && all.size() == 1) {
      return all.path(0);
    }
    throw noEndpoints(service);
  }

  private static ApiException noEndpoints(KubernetesObject service) {
    return Proxy.unavailable("no endpoints available for service \"%s\"".formatted(service.name()));
  }
}
