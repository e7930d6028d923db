package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.core.NetworkKinds;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.Condition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The Endpoints and EndpointSlices of a Service with a selector, as Kubernetes's controllers write
/// them. Pure.
public final class ServiceEndpoints {
  /// As Kubernetes's `--max-endpoints-per-slice`.
  private static final int MOST_IN_SLICE = 100;

  /// As Kubernetes cuts Endpoints.
  private static final int MOST = 1000;

  private ServiceEndpoints() {}

  /// Whether its endpoints follow from its selector.
  public static boolean has(KubernetesObject service) {
    return !service.spec().path("selector").isEmpty()
        && !service.spec().path("type").asString("").equals("ExternalName");
  }

  /// A term of the selector that every Pod of the Service has as a label; with the namespace.
  public static String term(KubernetesObject service) {
    Map.Entry<String, JsonNode> first =
        service.spec().path("selector").properties().iterator().next();
    return term(service.namespace(), first.getKey(), first.getValue().asString(""));
  }

  public static String term(String namespace, String label, String value) {
    return namespace + "/" + label + "=" + value;
  }

  public static boolean selects(KubernetesObject service, KubernetesObject pod) {
    Map<String, String> labels = pod.labels();
    return service.spec().path("selector").properties().stream()
        .allMatch(term -> term.getValue().asString("").equals(labels.get(term.getKey())));
  }

  /// @param pods that the Service selects
  public static KubernetesObject endpoints(KubernetesObject service, List<KubernetesObject> pods) {
    List<KubernetesObject> sorted = sorted(pods);
    List<KubernetesObject> shown = sorted.subList(0, Math.min(MOST, sorted.size()));
    KubernetesObject endpoints =
        KubernetesObject.of(CoreKinds.ENDPOINTS.type(), service.key())
            .with(json -> {
              if (shown.isEmpty()) {
                return;
              }
              ObjectNode subset = json.putArray("subsets").addObject();
              addresses(subset, "addresses", shown, true);
              addresses(subset, "notReadyAddresses", shown, false);
              ArrayNode ports = subset.putArray("ports");
              service.spec().path("ports").forEach(port -> port(ports, port, shown.getFirst()));
            });
    return Children.ownedBy(service, endpoints, service.labels(), Map.of());
  }

  /// @param pods that the Service selects
  public static List<KubernetesObject> slices(
      KubernetesObject service, List<KubernetesObject> pods) {
    List<KubernetesObject> sorted = sorted(pods);
    List<KubernetesObject> slices = new ArrayList<>();
    for (int from = 0; from == 0 || from < sorted.size(); from += MOST_IN_SLICE) {
      List<KubernetesObject> part =
          sorted.subList(from, Math.min(from + MOST_IN_SLICE, sorted.size()));
      slices.add(slice(service, slices.size(), part));
    }
    return slices;
  }

  private static KubernetesObject slice(
      KubernetesObject service, int number, List<KubernetesObject> pods) {
    String suffix = PodTemplateHash.of(service.metadata().path("uid"), number + 1).substring(0, 5);
    KubernetesObject slice =
        KubernetesObject.of(
                NetworkKinds.ENDPOINT_SLICE.type(),
                new ObjectKey(service.namespace(), service.name() + "-" + suffix))
            .with(json -> {
              json.put("addressType", "IPv4");
              ArrayNode endpoints = json.putArray("endpoints");
              pods.forEach(pod -> endpoint(endpoints.addObject(), pod));
              ArrayNode ports = json.putArray("ports");
              if (!pods.isEmpty()) {
                service.spec().path("ports").forEach(port -> port(ports, port, pods.getFirst()));
              }
            });
    Map<String, String> labels = new TreeMap<>(service.labels());
    labels.put("kubernetes.io/service-name", service.name());
    labels.put("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io");
    return Children.ownedBy(service, slice, labels, Map.of());
  }

  private static void endpoint(ObjectNode node, KubernetesObject pod) {
    boolean terminating = pod.deletionTimestamp().isPresent();
    boolean serving = Condition.ready(pod).isTrue();
    node.putArray("addresses").add(address(pod));
    node.putObject("conditions")
        .put("ready", serving && !terminating)
        .put("serving", serving)
        .put("terminating", terminating);
    reference(node, pod);
  }

  private static void addresses(
      ObjectNode subset, String field, List<KubernetesObject> pods, boolean ready) {
    ArrayNode list = subset.arrayNode();
    for (KubernetesObject pod : pods) {
      boolean isReady = Condition.ready(pod).isTrue() && pod.deletionTimestamp().isEmpty();
      if (isReady == ready) {
        reference(list.addObject().put("ip", address(pod)), pod);
      }
    }
    if (!list.isEmpty()) {
      subset.set(field, list);
    }
  }

  private static void reference(ObjectNode node, KubernetesObject pod) {
    if (pod.spec().has("nodeName")) {
      node.set("nodeName", pod.spec().path("nodeName"));
    }
    node.putObject("targetRef")
        .put("kind", "Pod")
        .put("namespace", pod.namespace())
        .put("name", pod.name())
        .put("uid", pod.uid());
  }

  /// A named target port is the one of that name in the Pod's containers; without such a one the
  /// Service's port has no endpoint.
  private static void port(ArrayNode ports, JsonNode port, KubernetesObject pod) {
    JsonNode target = port.path("targetPort");
    int number =
        target.isString()
            ? named(pod, target.asString())
            : target.asInt(port.path("port").asInt(0));
    if (number == 0) {
      return;
    }
    ObjectNode node = ports.addObject();
    if (port.has("name")) {
      node.set("name", port.path("name"));
    }
    node.put("port", number).put("protocol", port.path("protocol").asString("TCP"));
  }

  private static int named(KubernetesObject pod, String name) {
    for (JsonNode container : pod.spec().path("containers")) {
      for (JsonNode port : container.path("ports")) {
        if (port.path("name").asString("").equals(name)) {
          return port.path("containerPort").asInt(0);
        }
      }
    }
    return 0;
  }

  private static String address(KubernetesObject pod) {
    return pod.status().path("podIP").asString("");
  }

  /// Only those that have an address: a Pod that was never started has none.
  private static List<KubernetesObject> sorted(List<KubernetesObject> pods) {
    return pods.stream()
        .filter(pod -> !address(pod).isEmpty())
        .sorted(Comparator.comparing(KubernetesObject::name))
        .toList();
  }
}
