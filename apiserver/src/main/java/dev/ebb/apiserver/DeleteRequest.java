package dev.ebb.apiserver;

import dev.ebb.kinds.FieldError;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.DeleteOptions.Propagation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `DeleteOptions` from the body of a request, or from its query when there is no body. A dry run
/// is one wherever it is asked for: nobody means to delete who says so anywhere.
///
/// @param neverOrphans the client said `orphanDependents: false`
record DeleteRequest(DeleteOptions options, boolean neverOrphans) {
  private static final String GRACE = "gracePeriodSeconds";
  private static final String POLICY = "propagationPolicy";

  /// @throws ApiException 400, 415, 422
  static DeleteRequest read(Exchange exchange) {
    Optional<ObjectNode> sent = BodyFormat.optionalObject(exchange, "DeleteOptions");
    sent.ifPresent(DeleteRequest::checkTypes);
    Optional<String> policy = sent.isPresent() ? text(sent.get(), POLICY) : exchange.query(POLICY);
    Optional<Boolean> orphan =
        sent.isPresent()
            ? sent.get().path("orphanDependents").asBooleanOpt()
            : exchange
                .query("orphanDependents")
                .map(value -> RequestOptions.flag(exchange, "orphanDependents"));
    List<String> dryRun = new ArrayList<>(exchange.queryAll("dryRun"));
    sent.ifPresent(body -> body.path("dryRun").forEach(value -> dryRun.add(value.asString())));
    refuse(errors(policy, orphan, dryRun));
    Optional<JsonNode> preconditions = sent.map(body -> body.path("preconditions"));
    DeleteOptions options =
        new DeleteOptions(
            propagation(policy, orphan),
            preconditions.flatMap(node -> text(node, "uid")),
            preconditions.flatMap(node -> text(node, "resourceVersion")),
            !dryRun.isEmpty());
    OptionalLong grace =
        sent.isPresent()
            ? sent.get().path(GRACE).asLongOpt()
            : RequestOptions.number(exchange, GRACE)
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    return new DeleteRequest(options.withGracePeriod(grace), orphan.isPresent() && !orphan.get());
  }

  private static Propagation propagation(Optional<String> policy, Optional<Boolean> orphan) {
    if (policy.isPresent()) {
      return switch (policy.get()) {
        case "Foreground" -> Propagation.FOREGROUND;
        case "Orphan" -> Propagation.ORPHAN;
        default -> Propagation.BACKGROUND;
      };
    }
    return orphan
        .map(yes -> yes ? Propagation.ORPHAN : Propagation.BACKGROUND)
        .orElse(Propagation.DEFAULT);
  }

  private static List<FieldError> errors(
      Optional<String> policy, Optional<Boolean> orphan, List<String> dryRun) {
    List<FieldError> errors = new ArrayList<>();
    if (policy.isPresent() && orphan.isPresent()) {
      errors.add(
          FieldError.invalid(
              POLICY, policy.get(), "orphanDependents and deletionPropagation cannot be both set"));
    }
    policy
        .filter(word -> !List.of("Background", "Foreground", "Orphan").contains(word))
        .ifPresent(word ->
            errors.add(
                FieldError.notSupported(
                    POLICY, word, List.of("Foreground", "Background", "Orphan", "nil"))));
    RequestOptions.dryRunErrors(dryRun, errors);
    return errors;
  }

  private static void refuse(List<FieldError> errors) {
    if (!errors.isEmpty()) {
      throw Refusals.invalidOptions("DeleteOptions", errors);
    }
  }

  /// @throws ApiException 400
  private static void checkTypes(ObjectNode body) {
    String kind = body.path("kind").asString("DeleteOptions");
    if (!kind.isEmpty() && !kind.equals("DeleteOptions")) {
      throw ApiException.badRequest("decoded object cannot be converted to DeleteOptions");
    }
    require(body, POLICY, "v1.DeletionPropagation", JsonNode::isString);
    require(body, "orphanDependents", "bool", JsonNode::isBoolean);
    require(body, GRACE, "int64", JsonNode::canConvertToLong);
    require(body, "preconditions", "v1.Preconditions", JsonNode::isObject);
    require(body.path("preconditions"), "uid", "types.UID", JsonNode::isString);
    require(body.path("preconditions"), "resourceVersion", "string", JsonNode::isString);
    require(
        body,
        "dryRun",
        "[]string",
        value ->
            value instanceof ArrayNode array && array.valueStream().allMatch(JsonNode::isString));
  }

  private interface Fits {
    boolean test(JsonNode value);
  }

  private static void require(JsonNode parent, String field, String goType, Fits fits) {
    JsonNode value = parent.path(field);
    if (!value.isMissingNode() && !value.isNull() && !fits.test(value)) {
      throw ApiException.badRequest(
          "json: cannot unmarshal %s into Go struct field DeleteOptions.%s of type %s"
              .formatted(BodyFormat.jsonType(value), field, goType));
    }
  }

  private static Optional<String> text(JsonNode node, String field) {
    return Optional.of(node.path(field).asString("")).filter(value -> !value.isEmpty());
  }
}
