package dev.ebb.apiserver;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import dev.ebb.resources.rbac.AccessRequest;
import dev.ebb.resources.rbac.Authorizer;
import dev.ebb.resources.rbac.Decision;
import dev.ebb.resources.rbac.HeldRules;
import dev.ebb.resources.rbac.PolicyRule;
import dev.ebb.resources.rbac.Subject;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What clients ask about themselves and others: `kubectl auth can-i`, `kubectl auth whoami`. The
/// answers come from where requests are decided.
final class AccessReviews {
  private static final String AUTHORIZATION = "authorization.k8s.io/v1";
  private static final String AUTHENTICATION = "authentication.k8s.io/v1";

  static final List<ServedResource> RESOURCES =
      List.of(
          review(AUTHENTICATION, "SelfSubjectReview", "selfsubjectreviews", false),
          review(AUTHENTICATION, "TokenReview", "tokenreviews", false),
          review(AUTHORIZATION, "LocalSubjectAccessReview", "localsubjectaccessreviews", true),
          review(AUTHORIZATION, "SelfSubjectAccessReview", "selfsubjectaccessreviews", false),
          review(AUTHORIZATION, "SelfSubjectRulesReview", "selfsubjectrulesreviews", false),
          review(AUTHORIZATION, "SubjectAccessReview", "subjectaccessreviews", false));

  private final Authenticator authenticator;
  private final Authorizer authorizer;

  AccessReviews(Authenticator authenticator, Authorizer authorizer) {
    this.authenticator = authenticator;
    this.authorizer = authorizer;
  }

  /// @return whether the path is one of a review
  boolean handle(Exchange exchange, ResourcePath path) {
    for (ServedResource resource : RESOURCES) {
      if (resource.type().group().equals(path.group())
          && resource.type().version().equals(path.version())
          && resource.plural().equals(path.plural())
          && path.subresource().isEmpty()) {
        if (!exchange.method().equals("POST") || !path.name().isEmpty()) {
          throw Refusals.methodNotAllowed();
        }
        if (resource.namespaced() == path.namespace().isEmpty()) {
          throw Refusals.unknownPath();
        }
        ObjectNode review = BodyFormat.object(exchange);
        review.put("apiVersion", resource.type().apiVersion()).put("kind", resource.type().kind());
        answer(review, resource.type(), exchange.user(), path);
        Responses.json(exchange, 201, review);
        return true;
      }
    }
    return false;
  }

  private void answer(ObjectNode review, GroupVersionKind type, User user, ResourcePath path) {
    JsonNode spec = review.path("spec");
    switch (type.kind()) {
      case "SelfSubjectReview" ->
          UserInfo.write(user, review.putObject("status").putObject("userInfo"));
      case "TokenReview" -> TokenReviews.answer(authenticator, review);
      case "SelfSubjectAccessReview" -> access(review, type, spec, user.subject());
      case "SelfSubjectRulesReview" -> rules(review, spec, user.subject());
      case "LocalSubjectAccessReview" -> {
        String namespace = spec.path("resourceAttributes").path("namespace").asString("");
        if (!namespace.equals(path.namespace())) {
          throw ApiException.badRequest(
              "spec.resourceAttributes.namespace must match namespace: " + path.namespace());
        }
        access(review, type, spec, subject(type, spec));
      }
      default -> access(review, type, spec, subject(type, spec));
    }
  }

  private void access(ObjectNode review, GroupVersionKind type, JsonNode spec, Subject subject) {
    Decision decision = authorizer.authorize(request(type, spec, subject));
    ObjectNode status = review.putObject("status").put("allowed", decision.allowed());
    if (!decision.reason().isEmpty()) {
      status.put("reason", decision.reason());
    }
  }

  private static AccessRequest request(GroupVersionKind type, JsonNode spec, Subject subject) {
    JsonNode resource = spec.path("resourceAttributes");
    JsonNode path = spec.path("nonResourceAttributes");
    if (resource.isObject() == path.isObject()) {
      throw invalid(
          type,
          FieldError.invalid(
              "spec.resourceAttributes",
              resource.isObject() ? resource : "null",
              "exactly one of nonResourceAttributes or resourceAttributes must be specified"));
    }
    return path.isObject()
        ? AccessRequest.toPath(subject, text(path, "verb"), text(path, "path"))
        : AccessRequest.toResource(
            subject,
            text(resource, "verb"),
            text(resource, "group"),
            text(resource, "resource"),
            text(resource, "subresource"),
            text(resource, "namespace"),
            text(resource, "name"));
  }

  private static Subject subject(GroupVersionKind type, JsonNode spec) {
    List<String> groups =
        spec.path("groups").valueStream().map(group -> group.asString("")).toList();
    String name = text(spec, "user");
    if (name.isEmpty() && groups.isEmpty()) {
      throw invalid(
          type,
          FieldError.invalid("spec.user", "", "at least one of user or group must be specified"));
    }
    return new Subject(name, groups);
  }

  private void rules(ObjectNode review, JsonNode spec, Subject subject) {
    String namespace = text(spec, "namespace");
    if (namespace.isEmpty()) {
      throw ApiException.badRequest("no namespace on request");
    }
    HeldRules held = authorizer.rules(subject, namespace);
    ObjectNode status = review.putObject("status");
    ArrayNode resources = status.putArray("resourceRules");
    ArrayNode paths = status.putArray("nonResourceRules");
    for (PolicyRule rule : held.rules()) {
      (rule.nonResourceUrls().isEmpty() ? resources : paths).add(rule.json());
    }
    status.put("incomplete", false);
    if (!held.errors().isEmpty()) {
      status.put("evaluationError", String.join(", ", held.errors()));
    }
  }

  private static ApiException invalid(GroupVersionKind type, FieldError cause) {
    String message =
        "%s.%s \"\" is invalid: %s: %s"
            .formatted(type.kind(), type.group(), cause.field(), cause.message());
    return new ApiException(
        new ApiStatus(422, "Invalid", message, type.group(), type.kind(), "", List.of(cause)));
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asString("");
  }

  private static ServedResource review(
      String apiVersion, String kind, String plural, boolean namespaced) {
    return ServedResource.review(GroupVersionKind.of(apiVersion, kind), plural, namespaced);
  }
}
