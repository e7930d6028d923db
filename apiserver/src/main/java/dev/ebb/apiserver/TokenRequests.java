package dev.ebb.apiserver;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import dev.ebb.resources.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST serviceaccounts/NAME/token`: `kubectl create token`.
///
/// @see <a
///   href="https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/">TokenRequest</a>
final class TokenRequests {
  private static final GroupVersionKind TYPE =
      new GroupVersionKind("authentication.k8s.io", "v1", "TokenRequest");

  /// Bounds and default of Kubernetes.
  private static final long SHORTEST_SECONDS = 600;

  private static final long LONGEST_SECONDS = 1L << 32;
  private static final long DEFAULT_SECONDS = 3600;

  private final Resources resources;
  private final ServiceAccountTokens tokens;

  TokenRequests(Resources resources, ServiceAccountTokens tokens) {
    this.resources = resources;
    this.tokens = tokens;
  }

  SubresourceRoute route() {
    return new SubresourceRoute(
        "", "v1", "serviceaccounts", "token", Optional.of(TYPE), List.of("create"), this::handle);
  }

  private void handle(ObjectKey key, Exchange exchange) {
    KubernetesObject account = resources.get(CoreKinds.SERVICE_ACCOUNT, key);
    boolean dryRun = RequestOptions.dryRun(exchange);
    ObjectNode request = BodyFormat.object(exchange);
    request.put("apiVersion", TYPE.apiVersion()).put("kind", TYPE.kind());
    ObjectNode metadata = request.putObject("metadata");
    metadata.put("name", key.name()).put("namespace", key.namespace());
    metadata.set("creationTimestamp", account.metadata().path("creationTimestamp"));
    ObjectNode spec =
        request.path("spec") instanceof ObjectNode given ? given : request.putObject("spec");
    List<String> audiences = audiences(spec);
    long seconds = seconds(spec);
    Optional<KubernetesObject> bound = bound(spec, account);
    if (account.deletionTimestamp().isPresent()) {
      throw ApiException.conflict(CoreKinds.SERVICE_ACCOUNT, key.name());
    }
    ServiceAccountTokens.Issued issued =
        tokens.issue(account, audiences, seconds, bound.map(ServiceAccountTokens.Bound::to));
    request
        .putObject("status")
        .put("expirationTimestamp", issued.end().toString())
        .put("token", dryRun ? "" : issued.token());
    Responses.json(exchange, 201, request);
  }

  private static List<String> audiences(ObjectNode spec) {
    List<String> audiences = new ArrayList<>();
    spec.path("audiences").forEach(audience -> audiences.add(audience.asString("")));
    if (audiences.isEmpty()) {
      audiences.add(ServiceAccountTokens.ISSUER);
    }
    ArrayNode written = spec.putArray("audiences");
    audiences.forEach(written::add);
    return audiences;
  }

  private static long seconds(ObjectNode spec) {
    JsonNode given = spec.path("expirationSeconds");
    if (given.isMissingNode() || given.isNull()) {
      spec.put("expirationSeconds", DEFAULT_SECONDS);
      return DEFAULT_SECONDS;
    }
    if (!given.isIntegralNumber() || !given.canConvertToLong()) {
      throw ApiException.badRequest("spec.expirationSeconds must be a whole number");
    }
    long seconds = given.asLong();
    if (seconds < SHORTEST_SECONDS) {
      throw invalid(seconds, "may not specify a duration less than 10 minutes");
    }
    if (seconds > LONGEST_SECONDS) {
      throw invalid(seconds, "may not specify a duration larger than 2^32 seconds");
    }
    return seconds;
  }

  private Optional<KubernetesObject> bound(ObjectNode spec, KubernetesObject account) {
    JsonNode reference = spec.path("boundObjectRef");
    if (!reference.isObject()) {
      return Optional.empty();
    }
    String type =
        reference.path("apiVersion").asString("") + "/" + reference.path("kind").asString("");
    KindDefinition kind =
        switch (type) {
          case "v1/Pod" -> CoreKinds.POD;
          case "v1/Secret" -> CoreKinds.SECRET;
          default ->
              throw ApiException.badRequest(
                  "cannot bind token to object of type %s, Kind=%s"
                      .formatted(
                          reference.path("apiVersion").asString(""),
                          reference.path("kind").asString("")));
        };
    KubernetesObject object =
        resources.get(
            kind, new ObjectKey(account.namespace(), reference.path("name").asString("")));
    String uid = reference.path("uid").asString("");
    if (!uid.isEmpty() && !uid.equals(object.uid())) {
      throw ApiException.preconditionFailed(
          kind,
          object.name(),
          "the UID in the bound object reference (%s) does not match the UID in record. The object might have been deleted and then recreated"
              .formatted(uid));
    }
    if (kind.equals(CoreKinds.POD)
        && !object.spec().path("serviceAccountName").asString("default").equals(account.name())) {
      throw ApiException.badRequest(
          "cannot bind token for serviceaccount \"%s\" to pod running with different serviceaccount name."
              .formatted(account.name()));
    }
    return Optional.of(object);
  }

  private static ApiException invalid(long seconds, String why) {
    FieldError cause = FieldError.invalid("spec.expirationSeconds", seconds, why);
    return new ApiException(
        new ApiStatus(
            422,
            "Invalid",
            "TokenRequest.authentication.k8s.io \"\" is invalid: %s: %s"
                .formatted(cause.field(), cause.message()),
            TYPE.group(),
            TYPE.kind(),
            "",
            List.of(cause)));
  }
}
