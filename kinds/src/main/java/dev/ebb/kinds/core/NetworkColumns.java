package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.AGE;
import static dev.ebb.kinds.core.Columns.text;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.PrinterColumn;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Columns of Ingresses, their classes, network policies and endpoint slices, by the rules of
/// `kubectl get`.
final class NetworkColumns {
  static final PrinterColumn[] INGRESS = {
    text("Class", "spec.ingressClassName", Columns.NONE),
    text("Hosts", NetworkColumns::hosts),
    text("Address", NetworkColumns::address),
    text("Ports", ingress -> ingress.spec().path("tls").isEmpty() ? "80" : "80, 443"),
    AGE
  };

  static final PrinterColumn[] INGRESS_CLASS = {
    text("Controller", "spec.controller", ""), text("Parameters", NetworkColumns::parameters), AGE
  };

  static final PrinterColumn[] NETWORK_POLICY = {
    text("Pod-Selector", policy -> SelectorText.of(policy.spec().path("podSelector"))), AGE
  };

  static final PrinterColumn[] ENDPOINT_SLICE = {
    text("AddressType", "addressType", ""),
    text("Ports", NetworkColumns::slicePorts),
    text("Endpoints", NetworkColumns::sliceAddresses),
    AGE
  };

  static final PrinterColumn[] SERVICE_CIDR = {
    text("CIDRs", object -> Columns.join(object.spec().path("cidrs").valueStream())), AGE
  };

  static final PrinterColumn[] IP_ADDRESS = {text("ParentRef", NetworkColumns::parent), AGE};

  private NetworkColumns() {}

  private static String hosts(KubernetesObject ingress) {
    List<String> hosts =
        ingress
            .spec()
            .path("rules")
            .valueStream()
            .map(rule -> rule.path("host").asString(""))
            .filter(host -> !host.isEmpty())
            .toList();
    return Columns.few(hosts, "*");
  }

  private static String address(KubernetesObject ingress) {
    return Columns.join(
        ingress
            .status()
            .path("loadBalancer")
            .path("ingress")
            .valueStream()
            .map(point -> point.has("ip") ? point.path("ip") : point.path("hostname")));
  }

  private static String parameters(KubernetesObject ingressClass) {
    JsonNode parameters = ingressClass.spec().path("parameters");
    if (!parameters.isObject()) {
      return Columns.NONE;
    }
    String group = parameters.path("apiGroup").asString("");
    return parameters.path("kind").asString("")
        + (group.isEmpty() ? "" : "." + group)
        + "/"
        + parameters.path("name").asString("");
  }

  private static String slicePorts(KubernetesObject slice) {
    List<String> ports =
        slice
            .json()
            .path("ports")
            .valueStream()
            .map(port -> port.has("port") ? port.path("port").asString("") : "*")
            .toList();
    return Columns.few(ports, Columns.UNSET);
  }

  private static String sliceAddresses(KubernetesObject slice) {
    List<String> addresses = new ArrayList<>();
    for (JsonNode endpoint : slice.json().path("endpoints")) {
      endpoint.path("addresses").forEach(address -> addresses.add(address.asString("")));
    }
    return Columns.few(addresses, Columns.UNSET);
  }

  private static String parent(KubernetesObject address) {
    JsonNode parent = address.spec().path("parentRef");
    String group = parent.path("group").asString("");
    String namespace = parent.path("namespace").asString("");
    return parent.path("resource").asString("")
        + (group.isEmpty() ? "" : "." + group)
        + "/"
        + (namespace.isEmpty() ? "" : namespace + "/")
        + parent.path("name").asString("");
  }
}
