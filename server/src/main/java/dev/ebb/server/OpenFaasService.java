package dev.ebb.server;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import java.net.Inet4Address;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The Service by which OpenFaaS's connectors and functions find its gateway,
/// `http://gateway.openfaas:8080`: behind it is Ebb's gateway, whether somebody has installed
/// OpenFaaS's own manifests or not.
record OpenFaasService(KubernetesObject service, KubernetesObject endpoints) {
  static final ObjectKey KEY = new ObjectKey("openfaas", "gateway");

  private static final int PORT = 8080;

  /// @param present what an install manifest made, with its ports
  /// @param gateway address at which Ebb's gateway listens for instances
  /// @param gatewayPort at that address
  static OpenFaasService of(
      Optional<KubernetesObject> present, Inet4Address gateway, int gatewayPort) {
    KubernetesObject service = present.orElseGet(OpenFaasService::ours);
    KubernetesObject endpoints =
        KubernetesObject.of(CoreKinds.ENDPOINTS.type(), KEY)
            .with(json -> {
              ObjectNode subset = json.putArray("subsets").addObject();
              subset.putArray("addresses").addObject().put("ip", gateway.getHostAddress());
              var ports = subset.putArray("ports");
              for (JsonNode port : service.spec().path("ports")) {
                ports
                    .addObject()
                    .put("name", port.path("name").asString(""))
                    .put("port", gatewayPort);
              }
            });
    return new OpenFaasService(service, endpoints);
  }

  private static KubernetesObject ours() {
    return KubernetesObject.of(CoreKinds.SERVICE.type(), KEY)
        .with(json ->
            json.putObject("spec")
                .putArray("ports")
                .addObject()
                .put("name", "http")
                .put("port", PORT));
  }
}
