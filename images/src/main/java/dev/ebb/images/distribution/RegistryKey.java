package dev.ebb.images.distribution;

import java.util.Locale;

/// For which images a credential is: `HOST[:PORT][/PATH]`. The host must have as many parts as the
/// image's and each must match, where `*` and `?` stand for characters within a part; ports must be
/// equal; the path must begin the image's. Whatever of `docker.io`, `index.docker.io` and
/// `https://index.docker.io/v1/` is written means Docker Hub.
///
/// @param text without scheme and without the version of the protocol (`/v1`, `/v2`)
public record RegistryKey(String text) {
  /// @param key as a Docker configuration has it, with or without scheme
  static RegistryKey parse(String key) {
    var text = key.strip().replaceFirst("^https?://", "");
    int slash = text.indexOf('/');
    var host = (slash < 0 ? text : text.substring(0, slash)).toLowerCase(Locale.ROOT);
    var path = slash < 0 ? "" : text.substring(slash);
    if (path.startsWith("/v1/") || path.startsWith("/v2/")) {
      path = path.substring(3);
    }
    if (host.equals("index.docker.io") || host.equals("registry-1.docker.io")) {
      host = ImageReference.DOCKER_HUB;
    }
    return new RegistryKey(host + (path.equals("/") ? "" : path));
  }

  boolean matches(ImageReference image) {
    int slash = text.indexOf('/');
    var path = slash < 0 ? "" : text.substring(slash);
    return hostMatches(slash < 0 ? text : text.substring(0, slash), image.host())
        && ("/" + image.repository()).startsWith(path);
  }

  private static boolean hostMatches(String glob, String host) {
    if (!port(glob).equals(port(host))) {
      return false;
    }
    var globParts = withoutPort(glob).split("\\.", -1);
    var hostParts = withoutPort(host).split("\\.", -1);
    if (globParts.length != hostParts.length) {
      return false;
    }
    for (int i = 0; i < globParts.length; i++) {
      if (!globMatches(globParts[i], hostParts[i])) {
        return false;
      }
    }
    return true;
  }

  /// Greedy with one point to go back to, so that its time is bounded by the product of the
  /// lengths.
  private static boolean globMatches(String glob, String part) {
    int g = 0;
    int star = -1;
    int resume = 0;
    for (int p = 0; p < part.length(); p++) {
      if (g < glob.length() && glob.charAt(g) == '*') {
        star = g++;
        resume = p--;
      } else if (g < glob.length() && (glob.charAt(g) == '?' || glob.charAt(g) == part.charAt(p))) {
        g++;
      } else if (star >= 0) {
        g = star + 1;
        p = resume++;
      } else {
        return false;
      }
    }
    while (g < glob.length() && glob.charAt(g) == '*') {
      g++;
    }
    return g == glob.length();
  }

  private static String port(String host) {
    return host.substring(withoutPort(host).length());
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }
}
