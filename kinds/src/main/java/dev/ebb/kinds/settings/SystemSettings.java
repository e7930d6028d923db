package dev.ebb.kinds.settings;

import dev.ebb.kinds.KubernetesObject;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/// The ConfigMaps that operators set Knative Serving with.
public final class SystemSettings {
  public static final String NAMESPACE = "knative-serving";
  public static final String AUTOSCALER = "config-autoscaler";
  public static final String DEFAULTS = "config-defaults";
  public static final String DEPLOYMENT = "config-deployment";
  public static final String DOMAIN = "config-domain";
  public static final String FEATURES = "config-features";
  public static final String GARBAGE = "config-gc";
  public static final String INGRESS = "config-kourier";
  public static final String NETWORK = "config-network";
  public static final String OBSERVABILITY = "config-observability";

  /// Who refuses a ConfigMap on a cluster, as clients read it.
  public static final String WEBHOOK = "config.webhook.serving.knative.dev";

  private static final Map<String, Consumer<Map<String, String>>> CHECKS =
      Map.of(
          AUTOSCALER, ScalingDefaults::of,
          DEFAULTS, RevisionDefaults::of,
          DEPLOYMENT, DeploymentSettings::of,
          DOMAIN, DomainSelectors::of,
          FEATURES, Features::of,
          GARBAGE, GarbageChecks::check,
          INGRESS, IngressSettings::of,
          NETWORK, NetworkSettings::of,
          OBSERVABILITY, ObservabilitySettings::of);

  /// Documentation within the data, which nobody reads as settings.
  static final String EXAMPLE = "_example";

  private static final String EXAMPLE_CHECKSUM = "knative.dev/example-checksum";

  private SystemSettings() {}

  /// Why a ConfigMap of any namespace must not be stored; empty for any that is nobody's settings.
  public static Optional<String> problem(KubernetesObject configMap) {
    Consumer<Map<String, String>> check = CHECKS.get(configMap.name());
    if (check == null || !configMap.namespace().equals(NAMESPACE)) {
      return Optional.empty();
    }
    Map<String, String> data = data(configMap);
    String checksum = configMap.annotations().getOrDefault(EXAMPLE_CHECKSUM, "");
    if (data.containsKey(EXAMPLE)
        && !checksum.isEmpty()
        && !checksum.equals(checksum(data.getOrDefault(EXAMPLE, "")))) {
      return Optional.of(
          "the update modifies a key in \"_example\" which is probably not what you want. Instead,"
              + " copy the respective setting to the top-level of the ConfigMap, directly below"
              + " \"data\"");
    }
    try {
      check.accept(data);
      return Optional.empty();
    } catch (InvalidSettingException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  public static Map<String, String> data(KubernetesObject configMap) {
    Map<String, String> data = new HashMap<>();
    configMap
        .json()
        .path("data")
        .properties()
        .forEach(entry -> data.put(entry.getKey(), entry.getValue().asString("")));
    return data;
  }

  /// CRC-32 of the text without the space around it, with runs of line ends as a backslash and `n`.
  private static String checksum(String example) {
    CRC32 crc = new CRC32();
    crc.update(example.strip().replaceAll("(?:\r?\n)+", "\\\\n").getBytes(StandardCharsets.UTF_8));
    return "%08x".formatted(crc.getValue());
  }
}
