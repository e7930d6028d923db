package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.AGE;
import static dev.ebb.kinds.core.Columns.text;
import static dev.ebb.kinds.core.Columns.wide;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.PrinterColumn;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Columns of Nodes, by the rules of `kubectl get nodes`.
final class NodeColumns {
  private static final String ROLE_PREFIX = "node-role.kubernetes.io/";
  private static final String ROLE = "kubernetes.io/role";

  static final PrinterColumn[] ALL = {
    text("Status", NodeColumns::status),
    text("Roles", NodeColumns::roles),
    AGE,
    text("Version", node -> info(node, "kubeletVersion", "")),
    wide("Internal-IP", node -> address(node, "InternalIP")),
    wide("External-IP", node -> address(node, "ExternalIP")),
    wide("OS-Image", node -> info(node, "osImage", "<unknown>")),
    wide("Kernel-Version", node -> info(node, "kernelVersion", "<unknown>")),
    wide("Container-Runtime", node -> info(node, "containerRuntimeVersion", "<unknown>"))
  };

  private NodeColumns() {}

  private static String status(KubernetesObject node) {
    String status = "Unknown";
    for (JsonNode condition : node.status().path("conditions")) {
      if (condition.path("type").asString("").equals("Ready")) {
        status = condition.path("status").asString("").equals("True") ? "Ready" : "NotReady";
      }
    }
    boolean closed = node.spec().path("unschedulable").asBoolean(false);
    return closed ? status + ",SchedulingDisabled" : status;
  }

  private static String roles(KubernetesObject node) {
    TreeSet<String> roles = new TreeSet<>();
    for (Map.Entry<String, String> label : node.labels().entrySet()) {
      if (label.getKey().startsWith(ROLE_PREFIX)) {
        roles.add(label.getKey().substring(ROLE_PREFIX.length()));
      } else if (label.getKey().equals(ROLE)) {
        roles.add(label.getValue());
      }
    }
    roles.remove("");
    return Columns.or(String.join(",", roles), Columns.NONE);
  }

  private static String address(KubernetesObject node, String type) {
    return node.status()
        .path("addresses")
        .valueStream()
        .filter(address -> address.path("type").asString("").equals(type))
        .map(address -> address.path("address").asString(""))
        .findFirst()
        .orElse(Columns.NONE);
  }

  private static String info(KubernetesObject node, String field, String absent) {
    return Columns.or(node.status().path("nodeInfo").path(field).asString(""), absent);
  }
}
