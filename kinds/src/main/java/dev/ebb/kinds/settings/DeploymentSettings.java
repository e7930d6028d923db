package dev.ebb.kinds.settings;

import dev.ebb.kinds.ConfigSource;
import dev.ebb.kinds.GoDuration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How revisions come up: the ConfigMap `config-deployment`. What it says of Knative's queue proxy
/// is checked, and has no effect: there is none.
///
/// @param registriesSkippingTagResolving registries whose tags stay tags: those of tools that load
///   images without one
public record DeploymentSettings(
    Duration progressDeadline,
    Duration digestResolutionTimeout,
    Set<String> registriesSkippingTagResolving) {
  private static final ParsedConfig<DeploymentSettings> NOW =
      new ParsedConfig<>(SystemSettings.DEPLOYMENT, DeploymentSettings::of);

  private static final Set<String> SKIPPED = Set.of("kind.local", "ko.local", "dev.local");
  private static final List<String> RESOURCES = List.of("cpu", "memory", "ephemeral-storage");
  private static final String AFFINITY = "default-affinity-type";

  public DeploymentSettings {
    registriesSkippingTagResolving = Set.copyOf(registriesSkippingTagResolving);
  }

  /// As of now; Knative's own where what is stored cannot be used.
  public static DeploymentSettings now(ConfigSource config) {
    return NOW.now(config);
  }

  /// @throws InvalidSettingException for what cannot be used
  public static DeploymentSettings of(Map<String, String> configDeployment) {
    SettingValues values = new SettingValues(configDeployment);
    Duration deadline =
        values.duration(Duration.ofMinutes(10), "progress-deadline", "progressDeadline");
    Duration resolution =
        values.duration(
            Duration.ofSeconds(10), "digest-resolution-timeout", "digestResolutionTimeout");
    for (String resource : RESOURCES) {
      values.quantity("queue-sidecar-%s-request".formatted(resource));
      values.quantity("queue-sidecar-%s-limit".formatted(resource));
    }
    values.bool(false, "pod-is-always-schedulable");
    positive("progress-deadline", deadline);
    if (deadline.toNanosPart() != 0) {
      throw new InvalidSettingException(
          "progress-deadline must be rounded to a whole second, was: "
              + GoDuration.format(deadline));
    }
    positive("digest-resolution-timeout", resolution);
    String affinity = values.text("none", AFFINITY);
    if (!Set.of("none", "prefer-spread-revision-over-nodes").contains(affinity)) {
      throw new InvalidSettingException(
          "unsupported %s value: %s".formatted(AFFINITY, SettingValues.quote(affinity)));
    }
    return new DeploymentSettings(
        deadline,
        resolution,
        values.set(SKIPPED, "registries-skipping-tag-resolving", "registriesSkippingTagResolving"));
  }

  private static void positive(String key, Duration duration) {
    if (!duration.isPositive()) {
      throw new InvalidSettingException(
          "%s cannot be a non-positive duration, was %s"
              .formatted(key, SettingValues.show(duration)));
    }
  }
}
