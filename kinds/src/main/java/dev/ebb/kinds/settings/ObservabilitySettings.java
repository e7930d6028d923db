package dev.ebb.kinds.settings;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The ConfigMap `config-observability`: checked as Knative checks it. What is about metrics and
/// traces is without effect, for Ebb has its own, at addresses of its own; [RequestLogSettings] are
/// the rest.
final class ObservabilitySettings {
  private static final Set<String> REMOTE = Set.of("grpc", "http/protobuf");

  private final SettingValues values;

  private ObservabilitySettings(Map<String, String> configObservability) {
    this.values = new SettingValues(configObservability);
  }

  /// @throws InvalidSettingException for what cannot be used
  static void of(Map<String, String> configObservability) {
    ObservabilitySettings settings = new ObservabilitySettings(configObservability);
    settings.tracing();
    settings.metrics("");
    settings.runtime();
    settings.metrics("request-");
    settings.values.bool(false, "logging.enable-var-log-collection");
    var _ = RequestLogSettings.of(configObservability);
  }

  private void tracing() {
    String protocol = values.text("none", "tracing-protocol");
    String endpoint = values.text("", "tracing-endpoint");
    double rate = values.decimal(0, "tracing-sampling-rate");
    if (!REMOTE.contains(protocol) && !List.of("none", "stdout").contains(protocol)) {
      throw unsupported("protocol", protocol);
    }
    if (REMOTE.contains(protocol) && endpoint.isEmpty()) {
      throw new InvalidSettingException(
          "endpoint should be set for protocol " + SettingValues.quote(protocol));
    }
    if (!REMOTE.contains(protocol) && !endpoint.isEmpty()) {
      throw new InvalidSettingException("endpoint should not be set when protocol is 'none'");
    }
    if (rate < 0) {
      throw new InvalidSettingException(
          "sampling rate %f should be greater or equal to zero".formatted(rate));
    }
    if (rate > 1) {
      throw new InvalidSettingException(
          "sampling rate %f should be less than or equal to one".formatted(rate));
    }
  }

  private void metrics(String prefix) {
    String protocol = values.text("none", prefix + "metrics-protocol");
    String endpoint = values.text("", prefix + "metrics-endpoint");
    Duration interval = values.duration(Duration.ZERO, prefix + "metrics-export-interval");
    if (!REMOTE.contains(protocol) && !List.of("none", "prometheus").contains(protocol)) {
      throw unsupported("protocol", protocol);
    }
    if (REMOTE.contains(protocol) && endpoint.isEmpty()) {
      throw new InvalidSettingException(
          "endpoint should be set when protocol is " + SettingValues.quote(protocol));
    }
    if (protocol.equals("none") && !endpoint.isEmpty()) {
      throw new InvalidSettingException(
          "endpoint should not be set when protocol is " + SettingValues.quote(protocol));
    }
    notNegative(interval);
  }

  private void runtime() {
    String profiling = values.text("disabled", "runtime-profiling");
    if (!List.of("enabled", "disabled").contains(profiling)) {
      throw unsupported("profile setting", profiling);
    }
    notNegative(values.duration(Duration.ZERO, "runtime-export-interval"));
  }

  private static void notNegative(Duration interval) {
    if (interval.isNegative()) {
      throw new InvalidSettingException(
          "export interval %s should be greater than zero"
              .formatted(SettingValues.quote(SettingValues.show(interval))));
    }
  }

  private static InvalidSettingException unsupported(String what, String value) {
    return new InvalidSettingException(
        "unsupported %s %s".formatted(what, SettingValues.quote(value)));
  }
}
