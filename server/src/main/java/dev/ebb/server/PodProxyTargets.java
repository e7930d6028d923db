package dev.ebb.server;

import dev.ebb.apiserver.proxy.Proxy;
import dev.ebb.apiserver.proxy.ProxyTarget;
import dev.ebb.apiserver.proxy.ProxyTargets;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import tools.jackson.databind.JsonNode;

/// `pods/NAME:PORT/proxy`: past the gateway, to that one instance.
final class PodProxyTargets implements ProxyTargets {
  private final InstancePods pods;
  private final InstancePorts ports;

  PodProxyTargets(InstancePods pods, InstancePorts ports) {
    this.pods = pods;
    this.ports = ports;
  }

  @Override
  public ProxyTarget find(ObjectKey key, String port) {
    KubernetesObject pod = pods.pod(key);
    int number = number(pod, port);
    return ports
        .address(key, number)
        .map(address -> new ProxyTarget(address, key.name() + ":" + number))
        .orElseThrow(() ->
            Proxy.unavailable(
                "error trying to reach service: dial tcp 127.0.0.1:%d: connect: connection refused"
                    .formatted(number)));
  }

  /// @param port a number, the name of a container's port, or empty for the first one
  /// @throws ApiException 400
  static int number(KubernetesObject pod, String port) {
    if (port.isEmpty()) {
      return InstancePods.userPort(pod);
    }
    for (JsonNode container : pod.spec().path("containers")) {
      for (JsonNode named : container.path("ports")) {
        if (named.path("name").asString("").equals(port)) {
          return named.path("containerPort").asInt(0);
        }
      }
    }
    try {
      int number = Integer.parseInt(port);
      if (number >= 1 && number <= 65_535) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below with the same words as a number that is out of range.
    }
    throw ApiException.badRequest("invalid port \"%s\"".formatted(port));
  }
}
