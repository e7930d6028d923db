package dev.ebb.cli.load;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// What load is to be put on whom.
///
/// @param request the bytes of the one request that is sent again and again
/// @param connections kept alive, each with one request at a time
/// @param perSecond requests per second of all connections together; 0 for as many as are answered
@SuppressWarnings("ArrayRecordComponent") // plans are carried out, never compared
public record LoadPlan(
    InetSocketAddress server,
    byte[] request,
    int connections,
    Duration duration,
    double perSecond) {

  /// The bytes of a request of HTTP/1.1 (RFC 9112).
  ///
  /// @param target path and query
  /// @param headers may name another `Host`
  public static byte[] request(
      String method, String target, String host, Map<String, String> headers, byte[] body) {
    Map<String, String> all = new LinkedHashMap<>();
    if (headers.keySet().stream().noneMatch("Host"::equalsIgnoreCase)) {
      all.put("Host", host);
    }
    all.putAll(headers);
    if (body.length > 0 || !method.equals("GET")) {
      all.put("Content-Length", Integer.toString(body.length));
    }
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    all.forEach((name, value) -> {
      if ((name + value).chars().anyMatch(character -> character == '\r' || character == '\n')) {
        throw new IllegalArgumentException("the header " + name + " has a line break");
      }
      head.append(name).append(": ").append(value).append("\r\n");
    });
    byte[] bytes = head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    byte[] request = java.util.Arrays.copyOf(bytes, bytes.length + body.length);
    System.arraycopy(body, 0, request, bytes.length, body.length);
    return request;
  }
}
