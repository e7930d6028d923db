package dev.ebb.cli.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// The one request that is sent again and again.
///
/// @param target path and query
/// @param host as in the URL; `headers` may name another `Host`
@SuppressWarnings("ArrayRecordComponent") // requests are sent, never compared
public record LoadRequest(
    String method, String target, String host, Map<String, String> headers, byte[] body) {
  /// @throws IllegalArgumentException for a header that would be two
  public LoadRequest {
    headers.forEach((name, value) -> {
      if ((name + value).chars().anyMatch(character -> character == '\r' || character == '\n')) {
        throw new IllegalArgumentException("the header " + name + " has a line break");
      }
    });
    headers = new LinkedHashMap<>(headers);
  }

  /// What the request is for.
  String authority() {
    return headers.entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase("Host"))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(host);
  }

  /// Whether servers are told how long the body is.
  boolean sized() {
    return body.length > 0 || !method.equals("GET");
  }

  /// In HTTP/1.1 (RFC 9112).
  byte[] http1() {
    Map<String, String> all = new LinkedHashMap<>();
    if (headers.keySet().stream().noneMatch("Host"::equalsIgnoreCase)) {
      all.put("Host", host);
    }
    all.putAll(headers);
    if (sized()) {
      all.put("Content-Length", Integer.toString(body.length));
    }
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    all.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    byte[] bytes = head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    byte[] request = Arrays.copyOf(bytes, bytes.length + body.length);
    System.arraycopy(body, 0, request, bytes.length, body.length);
    return request;
  }
}
