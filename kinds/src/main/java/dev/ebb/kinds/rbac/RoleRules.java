package dev.ebb.kinds.rbac;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectMetaRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A rule is either about resources or about paths; those of a namespace are about resources only.
enum RoleRules implements KindRules {
  NAMESPACED,
  CLUSTER;

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<FieldError> errors =
        new ArrayList<>(ObjectMetaRules.validate(object, PathSegments::check));
    int index = 0;
    for (JsonNode rule : object.json().path("rules")) {
      validate(rule, "rules[" + index++ + "]", errors);
    }
    return errors;
  }

  private void validate(JsonNode rule, String path, List<FieldError> errors) {
    if (rule.path("verbs").isEmpty()) {
      errors.add(required(path + ".verbs", "verbs must contain at least one value"));
    }
    JsonNode urls = rule.path("nonResourceURLs");
    if (!urls.isEmpty()) {
      String field = path + ".nonResourceURLs";
      if (this == NAMESPACED) {
        errors.add(
            FieldError.invalid(field, urls, "namespaced rules cannot apply to non-resource URLs"));
      }
      if (!rule.path("apiGroups").isEmpty()
          || !rule.path("resources").isEmpty()
          || !rule.path("resourceNames").isEmpty()) {
        errors.add(
            FieldError.invalid(
                field, urls, "rules cannot apply to both regular resources and non-resource URLs"));
      }
      return;
    }
    if (rule.path("apiGroups").isEmpty()) {
      errors.add(
          required(path + ".apiGroups", "resource rules must supply at least one api group"));
    }
    if (rule.path("resources").isEmpty()) {
      errors.add(required(path + ".resources", "resource rules must supply at least one resource"));
    }
  }

  private static FieldError required(String field, String detail) {
    return FieldError.required(field, "Required value: " + detail);
  }
}
