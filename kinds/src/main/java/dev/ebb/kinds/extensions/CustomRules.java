package dev.ebb.kinds.extensions;

import dev.ebb.kinds.CustomTraits;
import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.Names;
import dev.ebb.kinds.ObjectMetaRules;
import dev.ebb.kinds.ScalePaths;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What holds for every custom resource beyond its schema.
record CustomRules(CustomTraits traits) implements KindRules {
  private static final Set<String> STANDARD_FINALIZERS =
      Set.of("orphan", "foregroundDeletion", "kubernetes");

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<FieldError> errors =
        new ArrayList<>(ObjectMetaRules.validate(object, Names::dns1123Subdomain));
    if (traits.scale().isPresent()) {
      ScalePaths scale = traits.scale().get();
      replicas(object, scale.specReplicas(), errors);
      replicas(object, scale.statusReplicas(), errors);
      JsonNode selector = ScalePaths.at(object, scale.labelSelector());
      if (!selector.isMissingNode() && !selector.isString()) {
        errors.add(FieldError.invalid(scale.labelSelector(), selector, "must be a string"));
      }
    }
    return errors;
  }

  private static void replicas(KubernetesObject object, String path, List<FieldError> errors) {
    JsonNode value = ScalePaths.at(object, path);
    if (value.isMissingNode() || value.isNull()) {
      return;
    }
    if (!value.isIntegralNumber()) {
      errors.add(FieldError.invalid(path, value, "should be a non-negative integer"));
    } else if (value.bigIntegerValue().signum() < 0) {
      errors.add(FieldError.invalid(path, value, "should be a non-negative integer"));
    } else if (!value.canConvertToInt()) {
      errors.add(
          FieldError.invalid(path, value, "should be less than or equal to " + Integer.MAX_VALUE));
    }
  }

  @Override
  public List<String> warnings(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<String> warnings = new ArrayList<>();
    List<String> before = previous.map(KubernetesObject::finalizers).orElse(List.of());
    for (String finalizer : object.finalizers()) {
      if (finalizer.indexOf('/') < 0
          && !STANDARD_FINALIZERS.contains(finalizer)
          && !before.contains(finalizer)) {
        String form =
            finalizer.indexOf('.') >= 0 ? "name including a path (/) to avoid" : "name to avoid";
        warnings.add(
            ("metadata.finalizers: \"%s\": prefer a domain-qualified finalizer %s accidental"
                    + " conflicts with other finalizer writers")
                .formatted(finalizer, form));
      }
    }
    return warnings;
  }
}
