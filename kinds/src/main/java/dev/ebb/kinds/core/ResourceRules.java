package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.Quantity;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Amounts of resources are not negative, and no request is above its limit.
final class ResourceRules {
  private ResourceRules() {}

  static List<FieldError> validate(String path, JsonNode resources) {
    List<FieldError> errors = new ArrayList<>();
    JsonNode limits = resources.path("limits");
    for (Map.Entry<String, JsonNode> limit : limits.properties()) {
      positive(path + ".limits[" + limit.getKey() + "]", limit.getValue(), errors);
    }
    for (Map.Entry<String, JsonNode> request : resources.path("requests").properties()) {
      String field = path + ".requests[" + request.getKey() + "]";
      Optional<Quantity> wanted = positive(field, request.getValue(), errors);
      JsonNode limit = limits.path(request.getKey());
      Optional<Quantity> most = Quantity.parse(limit.asString(""));
      if (wanted.isPresent() && most.isPresent() && wanted.get().compareTo(most.get()) > 0) {
        errors.add(
            FieldError.invalid(
                path + ".requests",
                request.getValue().asString(""),
                "must be less than or equal to %s limit of %s"
                    .formatted(request.getKey(), limit.asString(""))));
      }
    }
    return errors;
  }

  private static Optional<Quantity> positive(
      String field, JsonNode value, List<FieldError> errors) {
    Optional<Quantity> quantity = Quantity.parse(value.asString(""));
    if (quantity.isPresent() && quantity.get().value().compareTo(BigDecimal.ZERO) < 0) {
      errors.add(
          FieldError.invalid(field, value.asString(""), "must be greater than or equal to 0"));
      return Optional.empty();
    }
    return quantity;
  }
}
