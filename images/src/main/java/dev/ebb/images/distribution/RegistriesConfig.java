package dev.ebb.images.distribution;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// How registries are reached.
///
/// @param mirrors by the host they stand for, in the order in which they are asked before it
/// @param insecure hosts (with port) whose certificate is not verified, and that may speak plain
///   HTTP; loopback always may
/// @param certificates a file of PEM certificates that are trusted besides the machine's
public record RegistriesConfig(
    Map<String, List<URI>> mirrors,
    Set<String> insecure,
    Optional<Path> certificates,
    ProxySettings proxies,
    PullLimits limits,
    PullTimeouts timeouts) {
  public static final RegistriesConfig DEFAULT =
      new RegistriesConfig(
          Map.of(),
          Set.of(),
          Optional.empty(),
          ProxySettings.NONE,
          PullLimits.DEFAULT,
          PullTimeouts.DEFAULT);

  public RegistriesConfig {
    mirrors = Map.copyOf(mirrors);
    insecure = Set.copyOf(insecure);
  }

  /// From the options of the command line.
  ///
  /// @param mirrors `HOST=URL` each, several for a host are asked in this order
  /// @param insecure `HOST[:PORT]` each
  /// @throws IllegalArgumentException saying which option is wrong and how
  public static RegistriesConfig of(
      List<String> mirrors,
      List<String> insecure,
      Optional<Path> certificates,
      Map<String, String> environment) {
    Map<String, List<URI>> byHost = new LinkedHashMap<>();
    for (var mirror : mirrors) {
      int equals = mirror.indexOf('=');
      if (equals <= 0) {
        throw new IllegalArgumentException(
            "'" + mirror + "' is not HOST=URL, like docker.io=https://mirror.example.com");
      }
      byHost
          .computeIfAbsent(host(mirror.substring(0, equals)), it -> new ArrayList<>())
          .add(mirrorUrl(mirror, mirror.substring(equals + 1)));
    }
    return new RegistriesConfig(
        byHost,
        insecure.stream().map(RegistriesConfig::host).collect(Collectors.toSet()),
        certificates,
        ProxySettings.of(environment),
        PullLimits.DEFAULT,
        PullTimeouts.DEFAULT);
  }

  private static String host(String text) {
    var host = text.strip().toLowerCase(Locale.ROOT);
    if (host.isEmpty() || host.contains("/")) {
      throw new IllegalArgumentException("'" + text + "' is not HOST or HOST:PORT of a registry");
    }
    return host;
  }

  private static URI mirrorUrl(String option, String text) {
    try {
      var url = URI.create(text.replaceFirst("/+$", ""));
      boolean http = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
      if (http && url.getHost() != null && url.getUserInfo() == null && url.getQuery() == null) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "the mirror in '" + option + "' is not http://HOST[:PORT][/PATH] or the same with https");
  }
}
