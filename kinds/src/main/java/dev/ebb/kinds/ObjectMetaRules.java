package dev.ebb.kinds;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Rules for `metadata`, which every kind has: the form of its name, of labels, annotations and
/// finalizers.
public final class ObjectMetaRules {
  public static final KindRules SUBDOMAIN = onlyMetadata(Names::dns1123Subdomain);
  public static final KindRules DNS_1123_LABEL = onlyMetadata(Names::dns1123Label);
  public static final KindRules DNS_1035 = onlyMetadata(Names::dns1035Label);

  /// All keys and values of the annotations of one object, as Kubernetes limits them.
  static final int MAX_ANNOTATIONS_BYTES = 256 * 1024;

  private ObjectMetaRules() {}

  private static KindRules onlyMetadata(Function<String, Optional<String>> nameForm) {
    return new KindRules() {
      @Override
      public List<FieldError> validate(
          KubernetesObject object, Optional<KubernetesObject> previous) {
        return ObjectMetaRules.validate(object, nameForm);
      }
    };
  }

  /// @param nameForm tells what is wrong with a name, as [Names] does
  public static List<FieldError> validate(
      KubernetesObject object, Function<String, Optional<String>> nameForm) {
    List<FieldError> errors = new ArrayList<>();
    nameForm
        .apply(object.name())
        .ifPresent(wrong -> errors.add(FieldError.invalid("metadata.name", object.name(), wrong)));
    errors.addAll(labels("metadata.labels", object.labels()));
    errors.addAll(annotations("metadata.annotations", object.annotations()));
    List<String> finalizers = object.finalizers();
    for (int i = 0; i < finalizers.size(); i++) {
      String finalizer = finalizers.get(i);
      String field = "metadata.finalizers[" + i + "]";
      Names.qualifiedName(finalizer)
          .ifPresent(wrong -> errors.add(FieldError.invalid(field, finalizer, wrong)));
    }
    return errors;
  }

  /// Labels of an object or of a template at a path.
  public static List<FieldError> labels(String path, Map<String, String> labels) {
    List<FieldError> errors = new ArrayList<>();
    labels.forEach((key, value) -> {
      Names.qualifiedName(key).ifPresent(wrong -> errors.add(FieldError.invalid(path, key, wrong)));
      Names.labelValue(value)
          .ifPresent(wrong -> errors.add(FieldError.invalid(path, value, wrong)));
    });
    return errors;
  }

  /// Annotations of an object or of a template at a path.
  public static List<FieldError> annotations(String path, Map<String, String> annotations) {
    List<FieldError> errors = new ArrayList<>();
    long bytes = 0;
    for (Map.Entry<String, String> annotation : annotations.entrySet()) {
      Names.qualifiedName(annotation.getKey())
          .ifPresent(wrong -> errors.add(FieldError.invalid(path, annotation.getKey(), wrong)));
      bytes += utf8Length(annotation.getKey()) + utf8Length(annotation.getValue());
    }
    if (bytes > MAX_ANNOTATIONS_BYTES) {
      errors.add(
          new FieldError(
              "FieldValueTooLong",
              path,
              "Too long: may not be more than %d bytes".formatted(MAX_ANNOTATIONS_BYTES)));
    }
    return errors;
  }

  private static long utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
