package dev.ebb.kinds.settings;

import dev.ebb.kinds.ConfigSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a revision gets where its author says nothing, and the most that they may ask for: the
/// ConfigMap `config-defaults`.
///
/// @param responseStartTimeoutSeconds 0 for none
/// @param idleTimeoutSeconds 0 for none
/// @param containerName of [#subject]
/// @param initContainerName of [#subject]
/// @param serviceLinks empty where nothing is to be written
/// @param requests quantities by the names of resources
/// @param limits quantities by the names of resources
public record RevisionDefaults(
    long timeoutSeconds,
    long maxTimeoutSeconds,
    long responseStartTimeoutSeconds,
    long idleTimeoutSeconds,
    GoTemplate containerName,
    GoTemplate initContainerName,
    long containerConcurrency,
    long maxContainerConcurrency,
    boolean zeroConcurrencyAllowed,
    Optional<Boolean> serviceLinks,
    Map<String, String> requests,
    Map<String, String> limits) {
  private static final ParsedConfig<RevisionDefaults> NOW =
      new ParsedConfig<>(SystemSettings.DEFAULTS, RevisionDefaults::of);

  private static final List<String> RESOURCES = List.of("cpu", "memory", "ephemeral-storage");

  public RevisionDefaults {
    requests = Map.copyOf(requests);
    limits = Map.copyOf(limits);
  }

  /// As of now; Knative's own where what is stored cannot be used.
  public static RevisionDefaults now(ConfigSource config) {
    return NOW.now(config);
  }

  /// @throws InvalidSettingException for what cannot be used
  public static RevisionDefaults of(Map<String, String> configDefaults) {
    SettingValues values = new SettingValues(configDefaults);
    GoTemplate initContainerName =
        values.template("container-template", "init-container", "init-container-name-template");
    GoTemplate containerName =
        values.template("container-template", "user-container", "container-name-template");
    boolean zero = values.bool(true, "allow-container-concurrency-zero");
    long timeout = values.int64(300, "revision-timeout-seconds");
    long maxTimeout = values.int64(600, "max-revision-timeout-seconds");
    long idle = values.int64(0, "revision-idle-timeout-seconds");
    long concurrency = values.int64(0, "container-concurrency");
    long maxConcurrency = values.int64(1000, "container-concurrency-max-limit");
    RevisionDefaults defaults =
        new RevisionDefaults(
            timeout,
            maxTimeout,
            values.int64(timeout, "revision-response-start-timeout-seconds"),
            idle,
            containerName,
            initContainerName,
            concurrency,
            maxConcurrency,
            zero,
            serviceLinks(values.text("false", "enable-service-links")),
            quantities(values, "request"),
            quantities(values, "limit"));
    defaults.check();
    return defaults;
  }

  private void check() {
    notGreater(
        "revision-timeout-seconds",
        timeoutSeconds,
        "max-revision-timeout-seconds",
        maxTimeoutSeconds);
    notGreater(
        "revision-response-start-timeout-seconds",
        responseStartTimeoutSeconds,
        "revision-timeout-seconds",
        timeoutSeconds);
    notGreater(
        "revision-idle-timeout-seconds",
        idleTimeoutSeconds,
        "revision-timeout-seconds",
        timeoutSeconds);
    within(maxContainerConcurrency, 1, Integer.MAX_VALUE, "container-concurrency-max-limit");
    within(containerConcurrency, 0, maxContainerConcurrency, "container-concurrency");
    for (GoTemplate template : List.of(containerName, initContainerName)) {
      template.execute(subject("", "", Map.of(), Map.of()));
    }
  }

  /// What names of containers are made of: the metadata of what holds the template.
  public static GoTemplate.Subject subject(
      String name, String namespace, Map<String, String> labels, Map<String, String> annotations) {
    return new GoTemplate.Subject(
        "v1.ObjectMeta",
        Map.of("Name", name, "Namespace", namespace, "Labels", labels, "Annotations", annotations));
  }

  private static Optional<Boolean> serviceLinks(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  private static Map<String, String> quantities(SettingValues values, String kind) {
    Map<String, String> quantities = new LinkedHashMap<>();
    for (String resource : RESOURCES) {
      values
          .quantity("revision-%s-%s".formatted(resource, kind))
          .ifPresent(quantity -> quantities.put(resource, quantity));
    }
    return quantities;
  }

  private static void notGreater(String key, long value, String maxKey, long most) {
    if (value > most) {
      throw new InvalidSettingException(
          "%s (%d) cannot be greater than %s (%d)".formatted(key, value, maxKey, most));
    }
  }

  private static void within(long value, long least, long most, String key) {
    if (value < least || value > most) {
      throw new InvalidSettingException(
          "expected %d <= %d <= %d: %s".formatted(least, value, most, key));
    }
  }
}
