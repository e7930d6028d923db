package dev.ebb.kinds.rbac;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.Names;
import dev.ebb.kinds.ObjectMetaRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A binding names one role, for ever, and any number of subjects. Groups of the API that are left
/// out are filled in.
enum BindingRules implements KindRules {
  NAMESPACED,
  CLUSTER;

  private static final List<String> SUBJECTS = List.of("ServiceAccount", "User", "Group");

  @Override
  public void applyDefaults(ObjectNode object, Optional<KubernetesObject> previous) {
    if (object.path("roleRef") instanceof ObjectNode role
        && role.path("apiGroup").asString("").isEmpty()) {
      role.put("apiGroup", RbacKinds.GROUP);
    }
    for (JsonNode subject : object.path("subjects")) {
      String kind = subject.path("kind").asString("");
      if (subject instanceof ObjectNode fields
          && (kind.equals("User") || kind.equals("Group"))
          && subject.path("apiGroup").asString("").isEmpty()) {
        fields.put("apiGroup", RbacKinds.GROUP);
      }
    }
  }

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<FieldError> errors =
        new ArrayList<>(ObjectMetaRules.validate(object, PathSegments::check));
    JsonNode role = object.json().path("roleRef");
    role(role, errors);
    int index = 0;
    for (JsonNode subject : object.json().path("subjects")) {
      subject(subject, "subjects[" + index++ + "]", errors);
    }
    if (previous.isPresent() && !role.equals(previous.get().json().path("roleRef"))) {
      errors.add(FieldError.invalid("roleRef", role, "cannot change roleRef"));
    }
    return errors;
  }

  private void role(JsonNode role, List<FieldError> errors) {
    group(role, "roleRef.apiGroup", RbacKinds.GROUP, errors);
    List<String> kinds =
        this == NAMESPACED ? List.of("Role", "ClusterRole") : List.of("ClusterRole");
    String kind = role.path("kind").asString("");
    if (!kinds.contains(kind)) {
      errors.add(FieldError.notSupported("roleRef.kind", kind, kinds));
    }
    String name = role.path("name").asString("");
    if (name.isEmpty()) {
      errors.add(FieldError.required("roleRef.name", "Required value"));
    }
    PathSegments.check(name)
        .ifPresent(wrong -> errors.add(FieldError.invalid("roleRef.name", name, wrong)));
  }

  private void subject(JsonNode subject, String path, List<FieldError> errors) {
    String kind = subject.path("kind").asString("");
    String name = subject.path("name").asString("");
    if (name.isEmpty()) {
      errors.add(FieldError.required(path + ".name", "Required value"));
    }
    switch (kind) {
      case "ServiceAccount" -> {
        if (!name.isEmpty()) {
          Names.dns1123Subdomain(name)
              .ifPresent(wrong -> errors.add(FieldError.invalid(path + ".name", name, wrong)));
        }
        group(subject, path + ".apiGroup", "", errors);
        if (this == CLUSTER && subject.path("namespace").asString("").isEmpty()) {
          errors.add(FieldError.required(path + ".namespace", "Required value"));
        }
      }
      case "User", "Group" -> group(subject, path + ".apiGroup", RbacKinds.GROUP, errors);
      default -> errors.add(FieldError.notSupported(path + ".kind", kind, SUBJECTS));
    }
  }

  private static void group(JsonNode node, String field, String wanted, List<FieldError> errors) {
    String group = node.path("apiGroup").asString("");
    if (!group.equals(wanted)) {
      errors.add(FieldError.notSupported(field, group, List.of(wanted)));
    }
  }
}
