package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.AGE;
import static dev.ebb.kinds.PrinterColumn.computed;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.PrinterColumn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/// Columns of core Services and Endpoints, by the rules of `kubectl get`.
final class ServiceColumns {
  static final PrinterColumn[] ALL = {
    new PrinterColumn("Type", "string", ".spec.type", "How it is reached.", 0),
    computed("Cluster-IP", "string", "Its address inside.", 0, ServiceColumns::clusterIp),
    computed("External-IP", "string", "Its address outside.", 0, ServiceColumns::externalIp),
    computed("Port(s)", "string", "Its ports.", 0, ServiceColumns::ports),
    AGE,
    computed("Selector", "string", "Which Pods it has.", 1, ServiceColumns::selector)
  };

  static final PrinterColumn ENDPOINTS =
      computed("Endpoints", "string", "The addresses.", 0, ServiceColumns::endpoints);

  /// `kubectl get endpoints` shows three addresses and the number of the others.
  private static final int SHOWN_ENDPOINTS = 3;

  private ServiceColumns() {}

  private static JsonNode clusterIp(KubernetesObject service, Instant now) {
    return StringNode.valueOf(orNone(service.spec().path("clusterIP").asString("")));
  }

  private static JsonNode externalIp(KubernetesObject service, Instant now) {
    String type = service.spec().path("type").asString("");
    if (type.equals("ExternalName")) {
      return StringNode.valueOf(orNone(service.spec().path("externalName").asString("")));
    }
    Stream<JsonNode> ips =
        Stream.concat(
            service
                .status()
                .path("loadBalancer")
                .path("ingress")
                .valueStream()
                .map(ingress -> ingress.has("ip") ? ingress.path("ip") : ingress.path("hostname")),
            service.spec().path("externalIPs").valueStream());
    String shown = ips.map(ip -> ip.asString("")).collect(Collectors.joining(","));
    return StringNode.valueOf(
        shown.isEmpty() && type.equals("LoadBalancer") ? "<pending>" : orNone(shown));
  }

  private static JsonNode ports(KubernetesObject service, Instant now) {
    return StringNode.valueOf(
        orNone(
            service
                .spec()
                .path("ports")
                .valueStream()
                .map(ServiceColumns::port)
                .collect(Collectors.joining(","))));
  }

  private static String port(JsonNode port) {
    int nodePort = port.path("nodePort").asInt(0);
    return port.path("port").asInt(0)
        + (nodePort == 0 ? "" : ":" + nodePort)
        + "/"
        + port.path("protocol").asString("TCP");
  }

  private static JsonNode selector(KubernetesObject service, Instant now) {
    return StringNode.valueOf(equalities(service.spec().path("selector")));
  }

  /// A map of labels as a selector is written: `a=b,c=d`.
  static String equalities(JsonNode labels) {
    return orNone(
        labels.properties().stream()
            .map(label -> label.getKey() + "=" + label.getValue().asString(""))
            .collect(Collectors.joining(",")));
  }

  private static JsonNode endpoints(KubernetesObject endpoints, Instant now) {
    List<String> all = new ArrayList<>();
    for (JsonNode subset : endpoints.json().path("subsets")) {
      for (JsonNode address : subset.path("addresses")) {
        String ip = address.path("ip").asString("");
        subset.path("ports").forEach(port -> all.add(ip + ":" + port.path("port").asInt(0)));
      }
    }
    String shown = all.stream().limit(SHOWN_ENDPOINTS).collect(Collectors.joining(","));
    int more = all.size() - SHOWN_ENDPOINTS;
    return StringNode.valueOf(more > 0 ? shown + " + " + more + " more..." : orNone(shown));
  }

  private static String orNone(String text) {
    return text.isEmpty() ? "<none>" : text;
  }
}
