package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.IpNetwork;
import dev.ebb.kinds.KubernetesObject;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// NetworkPolicies: a peer is a block of addresses or chosen by labels, a port a number, a range of
/// numbers or a name.
final class NetworkPolicyRules extends SpecRules {
  static final NetworkPolicyRules RULES = new NetworkPolicyRules();

  private static final int TYPES = 2;

  private NetworkPolicyRules() {}

  @Override
  void defaults(ObjectNode object, ObjectNode spec, Optional<KubernetesObject> previous) {
    if (spec.path("policyTypes").isEmpty()) {
      ArrayNode types = spec.putArray("policyTypes").add("Ingress");
      if (!spec.path("egress").isEmpty()) {
        types.add("Egress");
      }
    }
  }

  @Override
  void validate(
      KubernetesObject object, Optional<KubernetesObject> previous, List<FieldError> errors) {
    JsonNode spec = object.spec();
    SelectorRules.validate("spec.podSelector", spec.path("podSelector"), errors);
    rules("ingress", "from", spec, errors);
    rules("egress", "to", spec, errors);
    types(spec.path("policyTypes"), errors);
  }

  private static void rules(String list, String field, JsonNode spec, List<FieldError> errors) {
    JsonNode rules = spec.path(list);
    for (int i = 0; i < rules.size(); i++) {
      String at = "spec.%s[%d]".formatted(list, i);
      JsonNode ports = rules.get(i).path("ports");
      for (int j = 0; j < ports.size(); j++) {
        port("%s.ports[%d]".formatted(at, j), ports.get(j), errors);
      }
      JsonNode peers = rules.get(i).path(field);
      for (int j = 0; j < peers.size(); j++) {
        peer("%s.%s[%d]".formatted(at, field, j), peers.get(j), errors);
      }
    }
  }

  private static void port(String at, JsonNode rule, List<FieldError> errors) {
    JsonNode port = rule.path("port");
    JsonNode end = rule.path("endPort");
    if (!port.isMissingNode()) {
      Ports.numberOrName(at + ".port", port).ifPresent(errors::add);
    }
    if (end.isMissingNode()) {
      return;
    }
    String path = at + ".endPort";
    if (port.isMissingNode()) {
      errors.add(
          FieldError.invalid(path, end, "may not be specified when `port` is not specified"));
    } else if (port.isString()) {
      errors.add(FieldError.invalid(path, end, "may not be specified when `port` is non-numeric"));
    } else {
      if (end.asInt(0) < port.asInt(0)) {
        errors.add(FieldError.invalid(path, end, "must be greater than or equal to `port`"));
      }
      Ports.number(path, end).ifPresent(errors::add);
    }
  }

  private static void peer(String at, JsonNode peer, List<FieldError> errors) {
    if (peer.isEmpty()) {
      errors.add(FieldError.required(at, REQUIRED + ": must specify a peer"));
      return;
    }
    SelectorRules.validate(at + ".podSelector", peer.path("podSelector"), errors);
    SelectorRules.validate(at + ".namespaceSelector", peer.path("namespaceSelector"), errors);
    if (peer.has("ipBlock")) {
      block(at + ".ipBlock", peer.path("ipBlock"), errors);
      if (peer.size() > 1) {
        errors.add(
            FieldError.forbidden(at, "Forbidden: may not specify both ipBlock and another peer"));
      }
    }
  }

  private static void block(String at, JsonNode block, List<FieldError> errors) {
    String text = block.path("cidr").asString("");
    if (text.isEmpty()) {
      errors.add(FieldError.required(at + ".cidr", REQUIRED));
      return;
    }
    Optional<IpNetwork> whole = network(at + ".cidr", text, errors);
    JsonNode excepted = block.path("except");
    for (int i = 0; i < excepted.size(); i++) {
      String path = "%s.except[%d]".formatted(at, i);
      String each = excepted.get(i).asString("");
      Optional<IpNetwork> part = network(path, each, errors);
      if (whole.isPresent() && part.isPresent() && !part.get().isStrictlyIn(whole.get())) {
        errors.add(FieldError.invalid(path, each, "must be a strict subset of `cidr`"));
      }
    }
  }

  private static Optional<IpNetwork> network(String path, String text, List<FieldError> errors) {
    Optional<IpNetwork> network = IpNetwork.parse(text);
    if (network.isEmpty()) {
      errors.add(
          FieldError.invalid(
              path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"));
    }
    return network;
  }

  /// Which they are the schema says.
  private static void types(JsonNode types, List<FieldError> errors) {
    if (types.size() > TYPES) {
      errors.add(
          FieldError.invalid(
              "spec.policyTypes", types, "may not specify more than two policyTypes"));
    }
  }
}
