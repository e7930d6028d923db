package dev.ebb.kinds.serving;

import dev.ebb.kinds.GoDuration;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Scaling settings by their names, as the annotations `autoscaling.knative.dev/NAME` of a revision
/// hold them. They come in words with hyphens or, from older days, in CamelCase; the hyphens win. A
/// value of another form than asked for is empty.
///
/// Source: Knative Serving's autoscaling documentation.
public final class ScalingValues {
  static final String PREFIX = "autoscaling.knative.dev/";

  private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]{1,9}");
  private static final Pattern DECIMAL = Pattern.compile("[-+]?[0-9]{1,12}(\\.[0-9]{0,9})?");
  private static final Pattern HYPHEN = Pattern.compile("-([a-z])");

  private final Map<String, String> values;
  private final boolean someInCamelCase;

  private ScalingValues(Map<String, String> values) {
    this.values = Map.copyOf(values);
    this.someInCamelCase =
        values.keySet().stream()
            .filter(key -> key.startsWith(PREFIX))
            .anyMatch(key -> key.chars().anyMatch(Character::isUpperCase));
  }

  public static ScalingValues ofAnnotations(Map<String, String> annotations) {
    return new ScalingValues(annotations);
  }

  /// Without the space around it.
  public Optional<String> text(String name) {
    return Optional.ofNullable(values.get(key(name))).map(String::strip);
  }

  public Optional<Integer> count(String name) {
    return text(name).filter(text -> WHOLE.matcher(text).matches()).map(Integer::valueOf);
  }

  public Optional<Double> number(String name) {
    return text(name).filter(text -> DECIMAL.matcher(text).matches()).map(Double::valueOf);
  }

  public Optional<Duration> duration(String name) {
    return text(name).flatMap(GoDuration::parse);
  }

  /// Where the value stands, or would stand.
  String key(String name) {
    if (!someInCamelCase) {
      return PREFIX + name; // Nearly always: each reconcile of a revision asks for a dozen names.
    }
    String alias = PREFIX + camelCase(name);
    return !values.containsKey(PREFIX + name) && values.containsKey(alias) ? alias : PREFIX + name;
  }

  private static String camelCase(String name) {
    return HYPHEN.matcher(name).replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
  }
}
