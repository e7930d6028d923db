package dev.ebb.node.pods;

import dev.ebb.node.network.NetworkLease;
import java.util.LinkedHashMap;
import java.util.Map;

/// Where the API server is, as a kubelet tells every container, whatever `enableServiceLinks` says:
/// the variables of the Service `kubernetes`. Pure.
///
/// @see <a
///   href="https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables">Service
///   environment variables</a>
final class ApiServerVariables {
  private static final int PORT = 443;

  private ApiServerVariables() {}

  static Map<String, String> of(NetworkLease lease) {
    String host = lease.gateway().getHostAddress();
    String port = Integer.toString(PORT);
    String url = "tcp://" + host + ":" + port;
    var variables = new LinkedHashMap<String, String>();
    variables.put("KUBERNETES_SERVICE_HOST", host);
    variables.put("KUBERNETES_SERVICE_PORT", port);
    variables.put("KUBERNETES_SERVICE_PORT_HTTPS", port);
    variables.put("KUBERNETES_PORT", url);
    variables.put("KUBERNETES_PORT_443_TCP", url);
    variables.put("KUBERNETES_PORT_443_TCP_PROTO", "tcp");
    variables.put("KUBERNETES_PORT_443_TCP_PORT", port);
    variables.put("KUBERNETES_PORT_443_TCP_ADDR", host);
    return variables;
  }
}
