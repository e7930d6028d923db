package dev.ebb.kinds.settings;

import dev.ebb.kinds.ConfigSource;
import dev.ebb.kinds.ObjectKey;
import java.util.Map;
import java.util.Optional;

/// The ingress as a whole, in the words of Kourier, Knative's own: the ConfigMap `config-kourier`.
///
/// @param defaultCertificate the Secret whose certificate is for hosts that have no other
public record IngressSettings(Optional<ObjectKey> defaultCertificate) {
  private static final ParsedConfig<IngressSettings> NOW =
      new ParsedConfig<>(SystemSettings.INGRESS, IngressSettings::of);

  private static final String SECRET = "certs-secret-name";
  private static final String NAMESPACE = "certs-secret-namespace";

  /// As of now; the defaults where what is stored cannot be used.
  public static IngressSettings now(ConfigSource config) {
    return NOW.now(config);
  }

  /// @throws InvalidSettingException for what cannot be used
  public static IngressSettings of(Map<String, String> configKourier) {
    SettingValues values = new SettingValues(configKourier);
    String name = values.text("", SECRET);
    String namespace = values.text("", NAMESPACE);
    if (name.isEmpty() != namespace.isEmpty()) {
      throw new InvalidSettingException(
          "%s and %s in config-kourier ConfigMap go together".formatted(SECRET, NAMESPACE));
    }
    return new IngressSettings(
        name.isEmpty() ? Optional.empty() : Optional.of(new ObjectKey(namespace, name)));
  }
}
