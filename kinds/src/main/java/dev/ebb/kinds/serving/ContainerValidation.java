package dev.ebb.kinds.serving;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.Quantity;
import dev.ebb.kinds.core.EnvironmentValidation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Rules of one container of a revision, as Knative has them.
final class ContainerValidation {
  /// `[domain[:port]/]path[:tag][@algorithm:digest]`, the grammar of the OCI distribution.
  private static final Pattern IMAGE =
      Pattern.compile(
          "(?:[a-zA-Z0-9.-]+(?::[0-9]+)?/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*"
              + "(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
              + "(?::\\w[\\w.-]{0,127})?(?:@[a-z0-9]+:[a-f0-9]{32,128})?");

  /// The longest name that registries take, with domain and digest.
  private static final int MAX_IMAGE_CHARS = 600;

  private static final Set<String> PORT_NAMES = Set.of("", "h2c", "http1");

  /// Knative's queue proxy listens on these beside the container.
  private static final Set<Integer> RESERVED_PORTS = Set.of(8008, 8012, 8013, 8022, 9090, 9091);

  /// The platform sets them, in every container.
  private static final Set<String> RESERVED_VARIABLES =
      Set.of("K_SERVICE", "K_CONFIGURATION", "K_REVISION");

  /// And this in the one that takes the requests.
  private static final Set<String> RESERVED_WHERE_SERVING =
      Set.of("PORT", "K_SERVICE", "K_CONFIGURATION", "K_REVISION");

  private ContainerValidation() {}

  /// @param serving whether it takes the requests
  static List<FieldError> validate(JsonNode container, boolean serving) {
    List<FieldError> errors = new ArrayList<>();
    image(container.path("image").asString(""), errors);
    if (container.path("name").asString("").equals("queue-proxy")) {
      errors.add(
          FieldError.invalid("name", "queue-proxy", "is a reserved container name")
              .saying("\"queue-proxy\" is a reserved container name"));
    }
    errors.addAll(
        EnvironmentValidation.validate(
            container, serving ? RESERVED_WHERE_SERVING : RESERVED_VARIABLES));
    for (int i = 0; i < container.path("ports").size(); i++) {
      port(container.path("ports").get(i), "ports[" + i + "]", errors);
    }
    resources(container.path("resources"), errors);
    securityContext(container.path("securityContext"), errors);
    errors.addAll(ProbeValidation.validate(container));
    return errors;
  }

  private static void image(String image, List<FieldError> errors) {
    if (image.isEmpty()) {
      errors.add(FieldError.required("image", "Required value"));
    } else if (image.length() > MAX_IMAGE_CHARS || !IMAGE.matcher(image).matches()) {
      errors.add(
          FieldError.invalid("image", image, "is no image reference")
              .saying("Failed to parse image reference", "image: \"%s\"".formatted(image)));
    }
  }

  private static void port(JsonNode port, String path, List<FieldError> errors) {
    int number = port.path("containerPort").asInt(0);
    if (number < 0 || number > 65535) {
      errors.add(FieldError.outOfBounds(path + ".containerPort", number, 0, 65535));
    } else if (RESERVED_PORTS.contains(number)) {
      errors.add(
          FieldError.invalid(path + ".containerPort", number, "is a reserved port")
              .saying(
                  "invalid value: %d is a reserved port".formatted(number),
                  "%d is a reserved port, please use a different value".formatted(number)));
    }
    String name = port.path("name").asString("");
    if (!PORT_NAMES.contains(name)) {
      errors.add(
          FieldError.notSupported(path + ".name", name, List.of("", "h2c", "http1"))
              .saying(
                  "Port name %s is not allowed".formatted(name),
                  "Name must be empty, or one of: 'h2c', 'http1'"));
    }
    String protocol = port.path("protocol").asString("");
    if (!protocol.isEmpty() && !protocol.equals("TCP")) {
      errors.add(FieldError.notSupported(path + ".protocol", protocol, List.of("TCP")));
    }
  }

  private static void securityContext(JsonNode context, List<FieldError> errors) {
    for (String field : List.of("runAsUser", "runAsGroup")) {
      long id = context.path(field).asLong(0);
      if (id < 0 || id > Integer.MAX_VALUE) {
        errors.add(FieldError.outOfBounds("securityContext." + field, id, 0, Integer.MAX_VALUE));
      }
    }
  }

  private static void resources(JsonNode resources, List<FieldError> errors) {
    for (var request : resources.path("requests").properties()) {
      Optional<Quantity> wanted = Quantity.parse(request.getValue().asString(""));
      Optional<Quantity> limit =
          Quantity.parse(resources.path("limits").path(request.getKey()).asString(""));
      if (wanted.isPresent() && limit.isPresent() && wanted.get().compareTo(limit.get()) > 0) {
        errors.add(
            FieldError.invalid(
                "resources.requests[" + request.getKey() + "]",
                request.getValue(),
                "must be less than or equal to its limit"));
      }
    }
  }
}
