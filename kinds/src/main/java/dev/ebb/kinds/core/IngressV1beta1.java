package dev.ebb.kinds.core;

import dev.ebb.kinds.KindConversion;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Ingresses as they were until Kubernetes 1.22: `backend` for `defaultBackend`, a Service by
/// `serviceName` and `servicePort`, and no need of a `pathType`.
final class IngressV1beta1 implements KindConversion {
  static final IngressV1beta1 CONVERSION = new IngressV1beta1();

  private IngressV1beta1() {}

  @Override
  public void toStored(ObjectNode object) {
    if (!(object.path("spec") instanceof ObjectNode spec)) {
      return;
    }
    move(spec, "backend", "defaultBackend");
    if (spec.path("defaultBackend") instanceof ObjectNode backend) {
      toService(backend);
    }
    for (JsonNode rule : spec.path("rules")) {
      for (JsonNode each : rule.path("http").path("paths")) {
        if (each instanceof ObjectNode path) {
          if (!path.has("pathType")) {
            path.put("pathType", "ImplementationSpecific");
          }
          if (path.path("backend") instanceof ObjectNode backend) {
            toService(backend);
          }
        }
      }
    }
  }

  @Override
  public void fromStored(ObjectNode object) {
    if (!(object.path("spec") instanceof ObjectNode spec)) {
      return;
    }
    move(spec, "defaultBackend", "backend");
    if (spec.path("backend") instanceof ObjectNode backend) {
      fromService(backend);
    }
    for (JsonNode rule : spec.path("rules")) {
      for (JsonNode path : rule.path("http").path("paths")) {
        if (path.path("backend") instanceof ObjectNode backend) {
          fromService(backend);
        }
      }
    }
  }

  private static void toService(ObjectNode backend) {
    JsonNode name = backend.path("serviceName");
    JsonNode port = backend.path("servicePort");
    if (name.isString()) {
      ObjectNode service = backend.putObject("service");
      service.set("name", name);
      if (!port.isMissingNode()) {
        service.putObject("port").set(port.isString() ? "name" : "number", port);
      }
    }
    backend.remove("serviceName");
    backend.remove("servicePort");
  }

  private static void fromService(ObjectNode backend) {
    JsonNode service = backend.path("service");
    if (service.isObject()) {
      backend.remove("service");
      backend.set("serviceName", service.path("name"));
      JsonNode port = service.path("port");
      if (!port.isEmpty()) {
        backend.set("servicePort", port.has("name") ? port.path("name") : port.path("number"));
      }
    }
  }

  private static void move(ObjectNode object, String from, String to) {
    JsonNode value = object.path(from);
    if (!value.isMissingNode()) {
      object.remove(from);
      object.set(to, value);
    }
  }
}
