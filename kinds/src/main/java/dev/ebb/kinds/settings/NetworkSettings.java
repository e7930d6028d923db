package dev.ebb.kinds.settings;

import dev.ebb.kinds.ConfigSource;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// How services are reached: the ConfigMap `config-network`. What it says of ingress classes,
/// certificate classes and meshes is checked as far as Knative does, and has no effect.
///
/// @param domainTemplate the host of a Route, of [#domainSubject]
/// @param tagTemplate the first part of a tag's host, of [#tagSubject]
/// @param rolloutDuration zero for at once
/// @param autocreateDomainClaims whether a DomainMapping claims its domain by itself; on unless
///   somebody says otherwise, for the user of one machine is its operator too
/// @param externalDomainTls whether hosts of Routes and mapped domains get certificates
/// @param httpProtocol what becomes of requests that come without TLS to hosts that have it
/// @param defaultExternalScheme `http` or `https`: how URLs begin whose TLS is somebody else's
public record NetworkSettings(
    GoTemplate domainTemplate,
    GoTemplate tagTemplate,
    Duration rolloutDuration,
    boolean autocreateDomainClaims,
    boolean externalDomainTls,
    HttpProtocol httpProtocol,
    String defaultExternalScheme) {
  private static final ParsedConfig<NetworkSettings> NOW =
      new ParsedConfig<>(SystemSettings.NETWORK, NetworkSettings::of);

  /// What Knative calls the HTTP protocol of an ingress.
  public enum HttpProtocol {
    /// They are served.
    ENABLED,
    /// They are told to come back with TLS.
    REDIRECTED
  }

  public static final String DOMAIN_TEMPLATE = "{{.Name}}.{{.Namespace}}.{{.Domain}}";
  public static final String TAG_TEMPLATE = "{{.Tag}}-{{.Name}}";

  private static final Set<String> SCHEMES = Set.of("http", "https");
  private static final Set<String> SWITCH = Set.of("", "enabled", "disabled");

  /// As of now; the defaults where what is stored cannot be used.
  public static NetworkSettings now(ConfigSource config) {
    return NOW.now(config);
  }

  /// @throws InvalidSettingException for what cannot be used
  public static NetworkSettings of(Map<String, String> configNetwork) {
    SettingValues values = new SettingValues(configNetwork);
    long rollout = values.int64(0, "rollout-duration", "rolloutDuration");
    boolean claims =
        values.bool(true, "autocreate-cluster-domain-claims", "autocreateClusterDomainClaims");
    values.bool(false, "enable-mesh-pod-addressability");
    values.bool(false, "internal-encryption");
    if (rollout < 0 || rollout > Integer.MAX_VALUE) {
      throw new InvalidSettingException(
          "rollout-duration must be a positive integer, but was " + rollout);
    }
    GoTemplate domain =
        values.template("domain-template", DOMAIN_TEMPLATE, "domain-template", "domainTemplate");
    checkDomain(domain.execute(domainSubject("foo", "bar", "baz.com", Map.of(), Map.of())));
    GoTemplate tag = values.template("tag-template", TAG_TEMPLATE, "tag-template", "tagTemplate");
    tag.execute(tagSubject("foo", "v2"));
    String protocol = values.text("", "http-protocol", "httpProtocol");
    if (!Set.of("", "enabled", "disabled", "redirected")
        .contains(protocol.toLowerCase(Locale.ROOT))) {
      throw new InvalidSettingException(
          "httpProtocol %s in config-network ConfigMap is not supported".formatted(protocol));
    }
    String scheme = values.text("http", "default-external-scheme", "defaultExternalScheme");
    if (!SCHEMES.contains(scheme)) {
      throw new InvalidSettingException(
          "default-external-scheme %s in config-network ConfigMap is neither http nor https"
              .formatted(scheme));
    }
    for (String key : List.of("system-internal-tls", "cluster-local-domain-tls")) {
      String value = values.text("", key);
      if (!SWITCH.contains(value.toLowerCase(Locale.ROOT))) {
        throw new InvalidSettingException(
            "%s with value: %s in config-network ConfigMap is not supported"
                .formatted(key, SettingValues.quote(value)));
      }
    }
    return new NetworkSettings(
        domain,
        tag,
        Duration.ofSeconds(rollout),
        claims,
        "enabled".equalsIgnoreCase(values.text("", "external-domain-tls", "auto-tls", "autoTLS")),
        // "Disabled", which Knative has given up, closes nothing on its ingresses either.
        protocol.equalsIgnoreCase("redirected") ? HttpProtocol.REDIRECTED : HttpProtocol.ENABLED,
        scheme);
  }

  public static GoTemplate.Subject domainSubject(
      String name,
      String namespace,
      String domain,
      Map<String, String> labels,
      Map<String, String> annotations) {
    return new GoTemplate.Subject(
        "config.DomainTemplateValues",
        Map.of(
            "Name", name,
            "Namespace", namespace,
            "Domain", domain,
            "Labels", labels,
            "Annotations", annotations));
  }

  public static GoTemplate.Subject tagSubject(String name, String tag) {
    return new GoTemplate.Subject("config.TagTemplateValues", Map.of("Name", name, "Tag", tag));
  }

  private static void checkDomain(String host) {
    if (host.isEmpty()) {
      throw new InvalidSettingException("empty hostname");
    }
    // An annotation that is not there leaves an empty label, which is no host in Java's eyes.
    URI url;
    try {
      url = new URI("https://" + host);
    } catch (URISyntaxException e) {
      throw new InvalidSettingException(
          "parse %s: %s".formatted(SettingValues.quote("https://" + host), e.getReason()), e);
    }
    String path = url.getRawPath();
    if (url.getRawQuery() != null || (path != null && !path.isEmpty() && !path.equals("/"))) {
      throw new InvalidSettingException("domain template has url path: " + path);
    }
  }
}
