package dev.ebb.kinds.settings;

import dev.ebb.kinds.ConfigSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What may be used: the ConfigMap `config-features`. A flag that is not set is as Knative has it,
/// but for what this machine can do without harm to others, which is on.
///
/// @param flags those that are set, by key
public record Features(Map<String, Flag> flags) {
  private static final ParsedConfig<Features> NOW =
      new ParsedConfig<>(SystemSettings.FEATURES, Features::of);

  public static final String MULTI_CONTAINER = "multi-container";
  public static final String MULTI_CONTAINER_PROBING = "multi-container-probing";
  public static final String TAG_HEADER = "tag-header-based-routing";
  public static final String ADD_CAPABILITIES = "kubernetes.containerspec-addcapabilities";
  public static final String SECURITY_CONTEXT = "kubernetes.podspec-securitycontext";
  public static final String FIELD_REF = "kubernetes.podspec-fieldref";
  public static final String INIT_CONTAINERS = "kubernetes.podspec-init-containers";
  public static final String EMPTY_DIR = "kubernetes.podspec-volumes-emptydir";
  public static final String CLAIMS = "kubernetes.podspec-persistent-volume-claim";
  public static final String CLAIM_WRITE = "kubernetes.podspec-persistent-volume-write";
  public static final String MOUNT_PROPAGATION = "kubernetes.podspec-volumes-mount-propagation";
  public static final String AUTODETECT_HTTP2 = "autodetect-http2";
  public static final String SECURE_DEFAULTS = "secure-pod-defaults";

  /// Whether a feature may be used: both `ENABLED` and `ALLOWED` permit it; where the operator
  /// offers it to all or to those who ask, they differ.
  public enum Flag {
    ENABLED,
    ALLOWED,
    DISABLED,
    /// Of [#SECURE_DEFAULTS] alone: all of them but a user who is not root.
    ALLOW_ROOT_BOUNDED
  }

  private static final Set<String> ON =
      Set.of(
          MULTI_CONTAINER,
          MULTI_CONTAINER_PROBING,
          ADD_CAPABILITIES,
          FIELD_REF,
          INIT_CONTAINERS,
          EMPTY_DIR,
          CLAIMS,
          CLAIM_WRITE,
          MOUNT_PROPAGATION);

  private static final Set<String> OFF =
      Set.of(
          AUTODETECT_HTTP2,
          "queueproxy.mount-podinfo",
          "queueproxy.resource-defaults",
          SECURE_DEFAULTS,
          TAG_HEADER,
          "kubernetes.podspec-affinity",
          "kubernetes.podspec-dnsconfig",
          "kubernetes.podspec-dnspolicy",
          "kubernetes.podspec-hostaliases",
          "kubernetes.podspec-hostipc",
          "kubernetes.podspec-hostnetwork",
          "kubernetes.podspec-hostpid",
          "kubernetes.podspec-nodeselector",
          "kubernetes.podspec-priorityclassname",
          "kubernetes.podspec-runtimeclassname",
          "kubernetes.podspec-schedulername",
          SECURITY_CONTEXT,
          "kubernetes.podspec-shareprocessnamespace",
          "kubernetes.podspec-tolerations",
          "kubernetes.podspec-topologyspreadconstraints",
          "kubernetes.podspec-volumes-csi",
          "kubernetes.podspec-volumes-ephemeral",
          "kubernetes.podspec-volumes-hostpath",
          "kubernetes.podspec-volumes-image");

  public Features {
    flags = Map.copyOf(flags);
  }

  /// As of now.
  public static Features now(ConfigSource config) {
    return NOW.now(config);
  }

  /// Knative passes over a word that is no flag; here the operator is told.
  ///
  /// @throws InvalidSettingException for a flag that is none; keys that nobody knows are let pass
  public static Features of(Map<String, String> configFeatures) {
    Map<String, Flag> flags = new HashMap<>();
    configFeatures.forEach((key, text) -> {
      if (ON.contains(key) || OFF.contains(key)) {
        flags.put(
            key,
            flag(key, text.strip().toLowerCase(Locale.ROOT))
                .orElseThrow(() ->
                    new InvalidSettingException(
                        "failed to parse \"%s\": expected one of %s, was %s"
                            .formatted(
                                key, String.join(", ", words(key)), SettingValues.quote(text)))));
      }
    });
    return new Features(flags);
  }

  private static List<String> words(String key) {
    return key.equals(SECURE_DEFAULTS)
        ? List.of("Disabled", "AllowRootBounded", "Enabled")
        : List.of("Enabled", "Allowed", "Disabled");
  }

  private static Optional<Flag> flag(String key, String word) {
    return switch (word) {
      case "enabled" -> Optional.of(Flag.ENABLED);
      case "disabled" -> Optional.of(Flag.DISABLED);
      case "allowed" -> key.equals(SECURE_DEFAULTS) ? Optional.empty() : Optional.of(Flag.ALLOWED);
      case "allowrootbounded" ->
          key.equals(SECURE_DEFAULTS) ? Optional.of(Flag.ALLOW_ROOT_BOUNDED) : Optional.empty();
      default -> Optional.empty();
    };
  }

  public Flag flag(String key) {
    return flags.getOrDefault(key, ON.contains(key) ? Flag.ENABLED : Flag.DISABLED);
  }

  public boolean isOn(String key) {
    return flag(key) == Flag.ENABLED;
  }

  /// Whether who asks for it gets it.
  public boolean isPermitted(String key) {
    return flag(key) != Flag.DISABLED;
  }
}
