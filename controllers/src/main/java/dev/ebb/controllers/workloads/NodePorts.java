package dev.ebb.controllers.workloads;

import dev.ebb.dataplane.GatewayControl.Entrance;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The ports of Services of type NodePort and LoadBalancer. Pure.
public final class NodePorts {
  /// The default of Kubernetes's `--service-node-port-range`.
  private static final int FIRST = 30000;

  private static final int LAST = 32767;
  private static final Map<Integer, Entrance> ENTRANCES =
      Map.of(80, Entrance.HTTP, 443, Entrance.HTTPS, 8080, Entrance.HTTP);

  /// What install manifests call the way in to Knative and to OpenFaaS: Ebb's gateway answers at
  /// their node ports.
  private static final Set<ObjectKey> INGRESSES =
      Set.of(
          new ObjectKey("kourier-system", "kourier"),
          new ObjectKey("istio-system", "istio-ingressgateway"),
          new ObjectKey("contour-external", "envoy"),
          new ObjectKey("openfaas", "gateway-external"));

  private NodePorts() {}

  public static boolean lacksNumbers(KubernetesObject service) {
    return hasNodePorts(service)
        && service.spec().path("ports").valueStream().anyMatch(NodePorts::lacksNumber);
  }

  /// Gives a number to each port that has none; empty when no number is left. The first choice
  /// follows from the Service's name, so one that is made again gets the same number if it can.
  ///
  /// @param used by all Services
  public static Optional<KubernetesObject> assign(KubernetesObject service, Set<Integer> used) {
    Set<Integer> taken = new HashSet<>(used);
    KubernetesObject changed = service.with(json -> {});
    for (JsonNode port : changed.spec().path("ports")) {
      if (lacksNumber(port)) {
        Optional<Integer> free = free(service.key() + ":" + port.path("port").asInt(0), taken);
        if (free.isEmpty()) {
          return Optional.empty();
        }
        taken.add(free.get());
        ((ObjectNode) port).put("nodePort", free.get());
      }
    }
    return Optional.of(changed);
  }

  public static Set<Integer> used(List<KubernetesObject> services) {
    Set<Integer> used = new HashSet<>();
    services.forEach(service ->
        service.spec().path("ports").forEach(port -> used.add(port.path("nodePort").asInt(0))));
    return used;
  }

  /// Where the gateway should answer, and how.
  ///
  /// @param service that asks for it
  public record IngressPort(KubernetesObject service, Entrance entrance) {}

  /// At which ports the gateway should answer.
  public static Map<Integer, IngressPort> ofIngresses(List<KubernetesObject> services) {
    Map<Integer, IngressPort> ports = new TreeMap<>();
    for (KubernetesObject service : services) {
      if (INGRESSES.contains(service.key()) && hasNodePorts(service)) {
        for (JsonNode port : service.spec().path("ports")) {
          Entrance entrance = ENTRANCES.get(port.path("port").asInt(0));
          if (entrance != null && port.path("nodePort").isNumber()) {
            ports.put(port.path("nodePort").asInt(), new IngressPort(service, entrance));
          }
        }
      }
    }
    return ports;
  }

  public static boolean isIngress(ObjectKey service) {
    return INGRESSES.contains(service);
  }

  private static boolean hasNodePorts(KubernetesObject service) {
    return switch (service.spec().path("type").asString("ClusterIP")) {
      case "NodePort" -> true;
      case "LoadBalancer" -> service.spec().path("allocateLoadBalancerNodePorts").asBoolean(true);
      default -> false;
    };
  }

  private static boolean lacksNumber(JsonNode port) {
    return port.path("nodePort").asInt(0) == 0;
  }

  private static Optional<Integer> free(String name, Set<Integer> taken) {
    int size = LAST - FIRST + 1;
    int first = Math.floorMod(name.hashCode(), size);
    for (int i = 0; i < size; i++) {
      int port = FIRST + (first + i) % size;
      if (!taken.contains(port)) {
        return Optional.of(port);
      }
    }
    return Optional.empty();
  }
}
