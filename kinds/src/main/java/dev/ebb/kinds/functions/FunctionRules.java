package dev.ebb.kinds.functions;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.GoDuration;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.Names;
import dev.ebb.kinds.ObjectMetaRules;
import dev.ebb.kinds.SameJson;
import dev.ebb.kinds.core.EnvironmentValidation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A Function: exactly one source, names that can be found in it, and limits that make sense
/// together. Which runtimes there are is not known here; the controller tells.
enum FunctionRules implements KindRules {
  RULES;

  private static final Pattern RUNTIME = Pattern.compile("[a-z][a-z0-9.+-]{0,62}");
  private static final Pattern HANDLER =
      Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$-]*(?:[./][\\p{L}_$][\\p{L}\\p{N}_$-]*)*");
  private static final int MAX_HANDLER_CHARS = 256;
  private static final int MAX_PATH_CHARS = 1024;

  /// The platform sets them; `EBB_` and more of `K_` are its own as well.
  private static final Set<String> RESERVED_VARIABLES =
      Set.of("PORT", "K_SERVICE", "K_CONFIGURATION", "K_REVISION");

  private static final Duration WINDOW_MIN = Duration.ofSeconds(6);
  private static final Duration WINDOW_MAX = Duration.ofHours(1);

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<FieldError> errors =
        new ArrayList<>(ObjectMetaRules.validate(object, Names::dns1035Label));
    if (previous.filter(p -> SameJson.same(p.spec(), object.spec())).isEmpty()) {
      spec(object.spec()).forEach(error -> errors.add(error.under("spec")));
    }
    return errors;
  }

  private static List<FieldError> spec(JsonNode spec) {
    List<FieldError> errors = new ArrayList<>();
    String runtime = spec.path("runtime").asString("");
    if (!RUNTIME.matcher(runtime).matches()) {
      errors.add(FieldError.invalid("runtime", runtime, "must be the name of a runtime: python"));
    }
    String handler = spec.path("handler").asString("");
    if (handler.length() > MAX_HANDLER_CHARS
        || (!handler.isEmpty() && !HANDLER.matcher(handler).matches())) {
      errors.add(FieldError.invalid("handler", handler, "must be name or module.name"));
    }
    String entrypoint = spec.path("entrypoint").asString("");
    if (!entrypoint.isEmpty() && !isRelativePath(entrypoint)) {
      errors.add(FieldError.invalid("entrypoint", entrypoint, "must be a path in the source"));
    }
    source(spec.path("source"), entrypoint, errors);
    errors.addAll(EnvironmentValidation.validate(spec, RESERVED_VARIABLES));
    scaling(spec.path("scaling")).forEach(error -> errors.add(error.under("scaling")));
    return errors;
  }

  private static void source(JsonNode source, String entrypoint, List<FieldError> errors) {
    List<String> given = Stream.of("inline", "files", "archive").filter(source::has).toList();
    if (given.isEmpty()) {
      errors.add(FieldError.required("source", "Required value: one of inline, files, archive"));
    } else if (given.size() > 1) {
      errors.add(
          FieldError.forbidden(
              "source", "Forbidden: expected only one of " + String.join(", ", given)));
    }
    JsonNode files = source.path("files");
    if (files.isObject() && files.isEmpty()) {
      errors.add(FieldError.required("source.files", "Required value: at least one file"));
    }
    for (String path : files.propertyNames()) {
      if (!isRelativePath(path)) {
        errors.add(
            FieldError.invalid("source.files", path, "must be a relative path without '..'"));
      }
    }
    if (files.isObject() && !files.isEmpty() && !entrypoint.isEmpty() && !files.has(entrypoint)) {
      errors.add(FieldError.invalid("entrypoint", entrypoint, "is not among source.files"));
    }
  }

  private static boolean isRelativePath(String path) {
    return !path.isEmpty()
        && path.length() <= MAX_PATH_CHARS
        && path.indexOf('\\') < 0
        && path.indexOf('\0') < 0
        && Arrays.stream(path.split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  private static List<FieldError> scaling(JsonNode scaling) {
    List<FieldError> errors = new ArrayList<>();
    int min = scaling.path("min").asInt(0);
    int max = scaling.path("max").asInt(0);
    if (max > 0 && min > max) {
      errors.add(FieldError.invalid("max", max, "is less than min=%d".formatted(min)));
    }
    String window = scaling.path("window").asString("");
    if (!window.isEmpty()) {
      boolean fits =
          GoDuration.parse(window)
              .filter(d -> d.compareTo(WINDOW_MIN) >= 0 && d.compareTo(WINDOW_MAX) <= 0)
              .filter(d -> d.toNanosPart() == 0)
              .isPresent();
      if (!fits) {
        errors.add(FieldError.invalid("window", window, "must be whole seconds from 6s to 1h"));
      }
    }
    return errors;
  }
}
