package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.AGE;
import static dev.ebb.kinds.api.ApiKinds.define;
import static dev.ebb.kinds.core.Columns.count;
import static dev.ebb.kinds.core.Columns.text;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindDefinition.Generation;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectMetaRules;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Kinds of `admissionregistration.k8s.io` and `apiregistration.k8s.io`: stored and shown, no
/// webhook is ever called and no server aggregated.
public final class AdmissionKinds {
  private static final String ADMISSION = "admissionregistration.k8s.io/v1";

  public static final KindDefinition MUTATING_WEBHOOK =
      webhooks("MutatingWebhookConfiguration", "mutatingwebhookconfigurations");

  public static final KindDefinition VALIDATING_WEBHOOK =
      webhooks("ValidatingWebhookConfiguration", "validatingwebhookconfigurations");

  public static final KindDefinition ADMISSION_POLICY =
      define(ADMISSION, "ValidatingAdmissionPolicy", "validatingadmissionpolicies")
          .clusterScoped()
          .categories("api-extensions")
          .columns(
              count("Validations", "spec.validations"),
              text("ParamKind", AdmissionKinds::paramKind),
              AGE)
          .withStatus()
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition ADMISSION_POLICY_BINDING =
      define(ADMISSION, "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings")
          .clusterScoped()
          .categories("api-extensions")
          .columns(
              text("PolicyName", "spec.policyName", ""),
              text("ParamRef", AdmissionKinds::paramRef),
              AGE)
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition API_SERVICE =
      define("apiregistration.k8s.io/v1", "APIService", "apiservices")
          .clusterScoped()
          .categories("api-extensions")
          .columns(
              text("Service", AdmissionKinds::service),
              text("Available", AdmissionKinds::available),
              AGE)
          .withStatus()
          .generation(Generation.NEVER)
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final List<KindDefinition> ALL =
      List.of(
          MUTATING_WEBHOOK,
          VALIDATING_WEBHOOK,
          ADMISSION_POLICY,
          ADMISSION_POLICY_BINDING,
          API_SERVICE);

  private AdmissionKinds() {}

  private static KindDefinition webhooks(String kind, String plural) {
    return define(ADMISSION, kind, plural)
        .clusterScoped()
        .categories("api-extensions")
        .columns(count("Webhooks", "webhooks"), AGE)
        .generation(Generation.ALWAYS)
        .rules(WebhookRules.RULES)
        .build();
  }

  private static String paramKind(KubernetesObject policy) {
    JsonNode kind = policy.spec().path("paramKind");
    return kind.isObject()
        ? kind.path("apiVersion").asString("") + "/" + kind.path("kind").asString("")
        : Columns.UNSET;
  }

  private static String paramRef(KubernetesObject binding) {
    JsonNode reference = binding.spec().path("paramRef");
    if (!reference.isObject()) {
      return Columns.UNSET;
    }
    String namespace = reference.path("namespace").asString("*");
    return reference.has("name")
        ? namespace + "/" + reference.path("name").asString("")
        : namespace + "/" + SelectorText.of(reference.path("selector"));
  }

  private static String service(KubernetesObject apiService) {
    JsonNode service = apiService.spec().path("service");
    return service.isObject()
        ? service.path("namespace").asString("") + "/" + service.path("name").asString("")
        : "Local";
  }

  private static String available(KubernetesObject apiService) {
    for (JsonNode condition : apiService.status().path("conditions")) {
      if (condition.path("type").asString("").equals("Available")) {
        String status = condition.path("status").asString("");
        return status.equals("True")
            ? status
            : status + " (" + condition.path("reason").asString("") + ")";
      }
    }
    return "Unknown";
  }
}
