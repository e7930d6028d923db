package dev.ebb.apiserver;

import dev.ebb.kinds.GroupVersionKind;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What clients ask about themselves and others: `kubectl auth can-i`, `kubectl auth whoami`.
///
/// There is one user, who may do everything; the answers say so, and no more than that.
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

  private final BearerToken token;

  AccessReviews(BearerToken token) {
    this.token = token;
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
        ObjectNode review = BodyFormat.object(exchange);
        review.put("apiVersion", resource.type().apiVersion()).put("kind", resource.type().kind());
        answer(review, resource.type().kind(), exchange.user());
        Responses.json(exchange, 201, review);
        return true;
      }
    }
    return false;
  }

  private void answer(ObjectNode review, String kind, User user) {
    ObjectNode status = review.putObject("status");
    switch (kind) {
      case "SelfSubjectReview" -> userInfo(status.putObject("userInfo"), user);
      case "TokenReview" -> {
        boolean known = token.matches(review.path("spec").path("token").asString(""));
        status.put("authenticated", known);
        if (known) {
          userInfo(status.putObject("user"), User.ADMIN);
        } else {
          status.put("error", "unknown token");
        }
      }
      case "SelfSubjectAccessReview" -> allowed(status, isAdmin(user.groups()));
      case "SelfSubjectRulesReview" -> rules(status);
      default -> {
        List<String> groups =
            review.path("spec").path("groups").valueStream().map(n -> n.asString("")).toList();
        String name = review.path("spec").path("user").asString("");
        allowed(status, isAdmin(groups) || name.equals(User.ADMIN.name()));
      }
    }
  }

  private static boolean isAdmin(List<String> groups) {
    return groups.contains("system:masters");
  }

  private static void allowed(ObjectNode status, boolean allowed) {
    status.put("allowed", allowed);
    if (allowed) {
      status.put("reason", "members of system:masters may do everything");
    }
  }

  private static void rules(ObjectNode status) {
    ObjectNode resources = status.putArray("resourceRules").addObject();
    resources.putArray("verbs").add("*");
    resources.putArray("apiGroups").add("*");
    resources.putArray("resources").add("*");
    ObjectNode paths = status.putArray("nonResourceRules").addObject();
    paths.putArray("verbs").add("*");
    paths.putArray("nonResourceURLs").add("*");
    status.put("incomplete", false);
  }

  private static void userInfo(ObjectNode into, User user) {
    into.put("username", user.name());
    var groups = into.putArray("groups");
    user.groups().forEach(groups::add);
  }

  private static ServedResource review(
      String apiVersion, String kind, String plural, boolean namespaced) {
    return ServedResource.review(GroupVersionKind.of(apiVersion, kind), plural, namespaced);
  }
}
