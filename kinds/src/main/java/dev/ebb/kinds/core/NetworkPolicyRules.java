package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// NetworkPolicies: a peer is a block of addresses or chosen by labels.
final class NetworkPolicyRules extends SpecRules {
  static final NetworkPolicyRules RULES = new NetworkPolicyRules();

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
    peers("ingress", "from", spec, errors);
    peers("egress", "to", spec, errors);
  }

  private static void peers(String list, String field, JsonNode spec, List<FieldError> errors) {
    JsonNode rules = spec.path(list);
    for (int i = 0; i < rules.size(); i++) {
      JsonNode peers = rules.get(i).path(field);
      for (int j = 0; j < peers.size(); j++) {
        String at = "spec.%s[%d].%s[%d]".formatted(list, i, field, j);
        JsonNode peer = peers.get(j);
        if (peer.isEmpty()) {
          errors.add(FieldError.required(at, REQUIRED + ": must specify a peer"));
        } else if (peer.has("ipBlock") && peer.size() > 1) {
          errors.add(
              FieldError.forbidden(at, "Forbidden: may not specify both ipBlock and another peer"));
        }
      }
    }
  }
}
