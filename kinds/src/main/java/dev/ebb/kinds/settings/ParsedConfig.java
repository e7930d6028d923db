package dev.ebb.kinds.settings;

import dev.ebb.kinds.ConfigSource;
import dev.ebb.kinds.ObjectKey;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What one ConfigMap says. Each write and each reconcile asks, so it is read again only when its
/// data are others than the last time. Thread-safe.
///
/// @param <T> immutable
final class ParsedConfig<T> {
  private static final Logger LOG = System.getLogger(ParsedConfig.class.getName());

  private record Last<T>(Map<String, String> data, T value) {}

  private final String name;
  private final Function<Map<String, String>, T> parser;
  private volatile @Nullable Last<T> last;

  /// @param name of the ConfigMap, in [SystemSettings#NAMESPACE]
  /// @param parser throws [InvalidSettingException] for what cannot be used
  ParsedConfig(String name, Function<Map<String, String>, T> parser) {
    this.name = name;
    this.parser = parser;
  }

  /// What cannot be used was stored before it was checked, and counts as absent.
  T now(ConfigSource config) {
    Map<String, String> data = config.data(new ObjectKey(SystemSettings.NAMESPACE, name));
    Last<T> present = last;
    if (present != null && present.data.equals(data)) {
      return present.value;
    }
    T value = parse(data);
    last = new Last<>(Map.copyOf(data), value);
    return value;
  }

  private T parse(Map<String, String> data) {
    try {
      return parser.apply(data);
    } catch (InvalidSettingException e) {
      LOG.log(Level.WARNING, "{0} has no effect: {1}", name, e.getMessage());
      return parser.apply(Map.of());
    }
  }
}
