package dev.ebb.apiserver.proxy;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Which headers go on, and how they change on their way. Names are in lower case. Pure.
final class ProxyHeaders {
  /// Those of one connection (RFC 9110, section 7.6.1), and the framing, which each side has of its
  /// own.
  private static final Set<String> OF_A_CONNECTION =
      Set.of(
          "connection",
          "content-length",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /// What is meant for the API server: who asks, and as whom.
  private static final Set<String> OF_THE_SERVER = Set.of("authorization", "expect", "host");

  private static final String IMPERSONATE = "impersonate-";

  private ProxyHeaders() {}

  /// @param path that the client asked for
  static Map<String, List<String>> request(
      Map<String, List<String>> headers, ProxyTarget target, String path) {
    Map<String, List<String>> result = new LinkedHashMap<>();
    result.put("host", List.of(target.host()));
    endToEnd(headers)
        .forEach((name, values) -> {
          if (!OF_THE_SERVER.contains(name) && !name.startsWith(IMPERSONATE)) {
            result.put(name, values);
          }
        });
    result.put("x-forwarded-host", headers.getOrDefault("host", List.of()));
    result.put("x-forwarded-proto", List.of("https"));
    result.put("x-forwarded-uri", List.of(path));
    return result;
  }

  /// Without those that concern one connection only.
  static Map<String, List<String>> endToEnd(Map<String, List<String>> headers) {
    Set<String> named = new HashSet<>(OF_A_CONNECTION);
    headers.getOrDefault("connection", List.of()).stream()
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .forEach(token -> named.add(token.strip().toLowerCase(Locale.ROOT)));
    Map<String, List<String>> result = new LinkedHashMap<>(headers);
    result.keySet().removeAll(named);
    return result;
  }

  /// A redirect within the proxied site, as a path of this server; others stay as they are.
  ///
  /// @param prefix of the proxied site here, without a slash at its end
  /// @param path of the request there
  static String location(String location, String prefix, String path, String host) {
    try {
      URI target = new URI("http://" + host + path).resolve(new URI(location));
      if (!host.equals(target.getRawAuthority())) {
        return location;
      }
      String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
      String fragment = target.getRawFragment() == null ? "" : "#" + target.getRawFragment();
      return prefix + target.getRawPath() + query + fragment;
    } catch (URISyntaxException | IllegalArgumentException e) {
      return location;
    }
  }
}
