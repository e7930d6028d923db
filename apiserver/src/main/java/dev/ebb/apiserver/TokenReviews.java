package dev.ebb.apiserver;

import dev.ebb.resources.ApiException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Whose token it is, for programs that are shown one.
///
/// @see <a
///   href="https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1/">TokenReview</a>
final class TokenReviews {
  private TokenReviews() {}

  static void answer(Authenticator authenticator, ObjectNode review) {
    String token = review.path("spec").path("token").asString("");
    if (token.isEmpty()) {
      throw ApiException.badRequest("token is required for TokenReview in authentication");
    }
    List<String> audiences =
        review.path("spec").path("audiences").valueStream().map(it -> it.asString("")).toList();
    Optional<Authenticator.Authenticated> known = authenticator.token(token, audiences);
    ObjectNode status = review.putObject("status");
    status.put("authenticated", known.isPresent());
    if (known.isEmpty()) {
      status.put("error", "invalid bearer token");
      return;
    }
    UserInfo.write(known.get().user(), status.putObject("user"));
    ArrayNode of = status.putArray("audiences");
    known.get().audiences().forEach(of::add);
  }
}
