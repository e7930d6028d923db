package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;

/// A request to another server, by URL. That server sees its own name in `Host`; what the client
/// asked for is in `X-Forwarded-Host`.
final class UrlExchange extends Forward {
  /// Knative's default for `timeoutSeconds`: a URL has no revision that could say another.
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(300);

  private static final int HTTP_PORT = 80;

  private final URI uri;

  UrlExchange(
      ClientConnection client,
      ClientRequest request,
      Route route,
      URI uri,
      GatewayContext gateway) {
    super(client, request, route, gateway);
    this.uri = uri;
  }

  @Override
  public void begin() {
    request.answeredBy = uri.toString();
    if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
      clientGone();
      client.fail(Failure.upstreamFailed("the target " + uri + " is no http URL"));
      return;
    }
    // Asking a name server blocks, so it is not for an event loop.
    gateway.blocking().execute(this::resolve);
  }

  private void resolve() {
    int port = uri.getPort() < 0 ? HTTP_PORT : uri.getPort();
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(uri.getHost()), port);
      client.loop.eventLoop.execute(() -> resolved(address));
    } catch (UnknownHostException unknown) {
      client.loop.eventLoop.execute(() -> connectFailed(unknown));
    }
  }

  private void resolved(InetSocketAddress address) {
    if (!over()) {
      forward(client.loop.pool(address));
    }
  }

  @Override
  public void connectFailed(Throwable cause) {
    if (!over()) {
      clientGone();
      client.fail(
          Failure.upstreamFailed("cannot connect to " + peerName() + ": " + cause.getMessage()));
    }
  }

  @Override
  String uri(String path, String query) {
    String base = uri.getRawPath();
    if (base.endsWith("/")) {
      base = base.substring(0, base.length() - 1);
    }
    return base + path + query;
  }

  @Override
  void prepare(HttpHeaders headers) {
    super.prepare(headers);
    headers.set(HttpHeaderNames.HOST, uri.getRawAuthority());
  }

  @Override
  String peerName() {
    return uri.toString();
  }

  @Override
  void released() {}

  @Override
  void abandoned(UpstreamConnection connection) {
    connection.detach();
    connection.close();
  }

  @Override
  void active() {}

  @Override
  public long deadline() {
    return request.arrivedAt + TIMEOUT_NANOS;
  }

  @Override
  public void deadlinePassed() {
    clientGone();
    client.fail(Failure.timeout("no response from " + uri + " in time"));
  }
}
