package dev.ebb.apiserver.proxy;

import dev.ebb.apiserver.Exchange;
import dev.ebb.apiserver.ResponseStream;
import dev.ebb.apiserver.UpgradedConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One request on its way to the other side and its response on the way back.
final class ProxiedRequest {
  private static final System.Logger LOGGER = System.getLogger(ProxiedRequest.class.getName());
  private static final int BUFFER = 16 << 10;

  /// For a client that still sends when it has its answer.
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final Exchange exchange;
  private final ProxyTarget target;
  private final Upstream upstream;
  private final String prefix;
  private final String path;
  private final String query;

  /// @param prefix under which the site is seen here
  /// @param path of the request there
  /// @param query with its question mark, or empty
  ProxiedRequest(
      Exchange exchange,
      ProxyTarget target,
      Upstream upstream,
      String prefix,
      String path,
      String query) {
    this.exchange = exchange;
    this.target = target;
    this.upstream = upstream;
    this.prefix = prefix;
    this.path = path;
    this.query = query;
  }

  void run() throws IOException {
    Map<String, List<String>> received = exchange.headers();
    Map<String, List<String>> headers =
        new LinkedHashMap<>(ProxyHeaders.request(received, target, prefix + path));
    boolean upgrade = Proxy.wantsUpgrade(received);
    headers.put("connection", List.of(upgrade ? "Upgrade" : "close"));
    if (upgrade) {
      headers.put("upgrade", received.getOrDefault("upgrade", List.of()));
    }
    boolean chunked = received.containsKey("transfer-encoding");
    if (chunked) {
      headers.put("transfer-encoding", List.of("chunked"));
    } else if (received.containsKey("content-length")) {
      headers.put("content-length", received.getOrDefault("content-length", List.of()));
    }
    Optional<Thread> upload = Optional.empty();
    Upstream.Response response;
    try {
      upstream.sendHead(exchange.method(), path + query, headers);
      if (exchange.hasBody()) {
        upload = Optional.of(upload(exchange.bodyStream(), chunked));
      } else {
        exchange.onClientGone(upstream::close);
      }
      response = upstream.response();
    } catch (IOException e) {
      upstream.close();
      upload.ifPresent(ProxiedRequest::linger);
      throw Proxy.unreachable(String.valueOf(e.getMessage()));
    }
    if (response.status() == 101) {
      switchProtocols(response);
    } else {
      answer(response);
    }
    upstream.close();
    upload.ifPresent(ProxiedRequest::linger);
  }

  private void answer(Upstream.Response response) throws IOException {
    setHeaders(response);
    boolean bodiless =
        exchange.method().equals("HEAD") || response.status() == 204 || response.status() == 304;
    if (response.length() >= 0) {
      exchange.setHeader("Content-Length", List.of(Long.toString(response.length())));
    }
    ResponseStream out = exchange.stream(response.status(), "", upstream::close);
    try {
      if (!bodiless) {
        Proxy.copy(upstream.body(response), out);
      }
    } catch (IOException e) {
      // A response that was cut must not look whole.
      out.abandon();
      throw e;
    }
    out.close();
  }

  private void setHeaders(Upstream.Response response) {
    ProxyHeaders.endToEnd(response.headers())
        .forEach((name, values) -> {
          boolean redirect = name.equals("location");
          exchange.setHeader(
              name,
              redirect
                  ? values.stream()
                      .map(value -> ProxyHeaders.location(value, prefix, path, target.host()))
                      .toList()
                  : values);
        });
  }

  /// Sends the body on. What the client still sends when the other side reads no more is dropped.
  private Thread upload(InputStream body, boolean chunked) {
    return Thread.ofVirtual()
        .name("apiserver-proxy-upload")
        .start(() -> {
          try {
            send(body, chunked);
            exchange.onClientGone(upstream::close);
          } catch (IOException | RuntimeException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "The client's body ended early", e);
            upstream.close();
          }
        });
  }

  private void send(InputStream body, boolean chunked) throws IOException {
    OutputStream to = upstream.body(chunked);
    byte[] buffer = new byte[BUFFER];
    boolean reading = true;
    for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
      reading = reading && write(to, buffer, count);
    }
    if (reading && chunked) {
      to.close();
    }
  }

  private static boolean write(OutputStream to, byte[] buffer, int count) {
    try {
      to.write(buffer, 0, count);
      return true;
    } catch (IOException e) {
      // It has answered and reads no more; the answer is on its way.
      return false;
    }
  }

  private static void linger(Thread upload) {
    try {
      if (!upload.join(LINGER)) {
        upload.interrupt();
        upload.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      upload.interrupt();
    }
  }

  private void switchProtocols(Upstream.Response response) throws IOException {
    setHeaders(response);
    exchange.upgrade(response.header("upgrade"), this::splice);
  }

  private void splice(UpgradedConnection connection) throws IOException {
    Thread back =
        Thread.ofVirtual()
            .name("apiserver-proxy-upgraded")
            .start(() -> {
              try {
                upstream.rawInput().transferTo(connection.output());
              } catch (IOException e) {
                LOGGER.log(System.Logger.Level.DEBUG, "An upgraded connection ended", e);
              }
              connection.end();
            });
    try {
      connection.input().transferTo(upstream.rawOutput());
      upstream.shutdownOutput();
      back.join(LINGER);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      upstream.close();
    }
  }
}
