package dev.ebb.gateway;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Passes one request on to another HTTP/1.1 server and its response back, both as streams. A body
/// is read from one side only as fast as the other side takes it: what has been read and not yet
/// written is bounded by the channels' write buffers.
///
/// **When a request is sent again.** A connection may break before the response begins: the other
/// side closed it a moment ago, or died. The request goes out once more, over a new connection, if
/// nothing of it left (the write itself failed), if the other side says that it did nothing for it
/// (RFC 9113, section 8.7) or was gone before it came, or if it may be repeated (RFC 9110, section
/// 9.2.2); what was sent of its body is kept for that up to a bound. The header of a request with a
/// body is written first, and the body only after that write succeeded. A request that had a new
/// connection may be what killed the other side, so it gets one more chance. Everything else that
/// breaks before a response is a 502.
abstract class Forward implements Exchange, UpstreamConnection.User, ConnectionPool.Taker {
  private static final int MAX_ATTEMPTS = 3;

  /// The other side closes each connection as soon as it is there.
  private static final int MAX_UNSENT = 20;

  final ClientConnection client;
  final ClientRequest request;
  final GatewayContext gateway;
  private final Route route;

  private @Nullable ConnectionPool pool;
  private @Nullable UpstreamConnection connection;
  private int attempts;
  private int unsent;
  private boolean headWritten;
  private final SentBody sentBody = new SentBody();
  private boolean bodyForwarded;
  private boolean riskTaken;
  private boolean prepared;
  private boolean requestDone;
  private boolean informational;
  private boolean responseStarted;
  private boolean reusable;

  /// The client gets nothing more from this exchange.
  private boolean over;

  Forward(ClientConnection client, ClientRequest request, Route route, GatewayContext gateway) {
    this.client = client;
    this.request = request;
    this.route = route;
    this.gateway = gateway;
  }

  /// The exchange is over at the other side; nothing more will be said about it.
  abstract void released();

  /// The client has left a request that was sent, or waited for too long.
  abstract void abandoned(UpstreamConnection connection);

  abstract String peerName();

  /// A byte came or went.
  abstract void active();

  boolean over() {
    return over;
  }

  boolean sent() {
    return connection != null;
  }

  /// Whether the request's header is now that of the other side.
  boolean prepared() {
    return prepared;
  }

  boolean responseStarted() {
    return responseStarted;
  }

  /// Counts one more try; false when there were enough.
  boolean mayTryAgain() {
    return ++attempts < MAX_ATTEMPTS;
  }

  void forward(ConnectionPool to) {
    pool = to;
    UpstreamConnection idle = to.take(request.isIdempotent());
    if (idle != null) {
      connected(idle);
    } else {
      to.connect(this);
    }
  }

  @Override
  public void connected(UpstreamConnection established) {
    if (over) {
      established.pool.give(established);
      return;
    }
    connection = established;
    established.attach(this, request.isHead());
    established.reading(client.writable());
    HttpRequest head = head(established);
    if (request.hasBody) {
      established.writeWithResult(head).addListener(done -> headWritten(done.isSuccess()));
    } else {
      requestDone = true;
      if (request.isIdempotent()) {
        headWritten = true;
        established.write(head);
      } else {
        established.writeWithResult(head).addListener(done -> headWritten = done.isSuccess());
      }
    }
    established.flush();
    client.deadlineChanged();
  }

  private void headWritten(boolean success) {
    UpstreamConnection to = connection;
    headWritten = success && to != null;
    if (headWritten && to != null) {
      sentBody.sendAgain(to::write);
      to.flush();
      client.pump();
    }
  }

  // ---- The request ----

  @Override
  public boolean takesContent() {
    UpstreamConnection to = connection;
    return to != null && headWritten && !requestDone && to.writable();
  }

  @Override
  public void requestContent(HttpContent content) {
    UpstreamConnection to = connection;
    if (to == null) {
      content.release();
      return;
    }
    active();
    bodyForwarded = true;
    if (to.tellsUnprocessed() || request.isIdempotent()) {
      sentBody.add(content);
    } else {
      sentBody.forget();
    }
    requestDone = content instanceof LastHttpContent;
    to.write(content);
  }

  @Override
  public void requestFlush() {
    UpstreamConnection to = connection;
    if (to != null && bodyForwarded) {
      to.flush();
    }
  }

  @Override
  public void requestWritable() {
    client.pump();
  }

  // ---- The response ----

  @Override
  public void responseHead(HttpResponse head) {
    int status = head.status().code();
    if (head.decoderResult().isFailure()) {
      broken(peerName() + " answered with something that is no HTTP response");
      return;
    }
    if (status == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
      upgrade(head);
      return;
    }
    if (status < 200) {
      informational = true;
      client.informational(head);
      return;
    }
    active();
    responseStarted = true;
    sentBody.forget();
    boolean framed =
        request.isHead()
            || status == 204
            || status == 304
            || head.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
            || HttpUtil.isTransferEncodingChunked(head);
    boolean keepAlive = HttpUtil.isKeepAlive(head);
    reusable = framed && keepAlive;
    if (!keepAlive && !requestDone) {
      // The instance does not want the rest of the body, so the client may stop.
      client.closeAfter();
    }
    addOwnHeaders(head.headers());
    client.head(head);
  }

  private void addOwnHeaders(HttpHeaders headers) {
    if (!request.setCookie.isEmpty()) {
      headers.add(HttpHeaderNames.SET_COOKIE, request.setCookie);
    }
    CallHeaders call = request.callHeaders;
    if (call != null) {
      call.addToResponse(headers);
    }
  }

  /// From here on content is what both sides say in their own protocol, and a slow side holds the
  /// other back as with bodies. The exchange ends when one side closes, or its time is over.
  private void upgrade(HttpResponse head) {
    UpstreamConnection with = connection;
    if (request.upgrade.isEmpty() || with == null || with.isHttp2()) {
      broken(peerName() + " changed the protocol without being asked");
      return;
    }
    active();
    informational = true; // this response ends as others do; then the other protocol begins
    responseStarted = true;
    sentBody.forget();
    requestDone = false;
    addOwnHeaders(head.headers());
    if (!client.upgrade(head)) {
      clientGone();
      client.abort();
    } else {
      upgraded();
    }
  }

  /// The connection is another protocol's from now on.
  void upgraded() {}

  @Override
  public void responseContent(HttpContent content) {
    boolean last = content instanceof LastHttpContent;
    if (informational || !responseStarted) {
      content.release();
      informational &= !last;
      UpstreamConnection with = connection;
      if (last && request.upgraded && with != null) {
        with.upgrade();
      }
      return;
    }
    if (content.decoderResult().isFailure()) {
      content.release();
      broken(peerName() + " sent a malformed body");
      return;
    }
    active();
    client.content(content);
    if (last) {
      complete();
    }
  }

  @Override
  public void responseFlush() {
    client.flush();
  }

  private void complete() {
    UpstreamConnection used = take();
    over = true;
    sentBody.forget();
    if (used != null) {
      used.detach();
      if (reusable && requestDone && !used.outputClosed()) {
        used.pool.give(used);
      } else {
        used.close();
      }
    }
    released();
    client.responseDone();
  }

  // ---- What goes wrong ----

  @Override
  public void connectionLost(String reason) {
    UpstreamConnection lost = take();
    ConnectionPool again = pool;
    if (!responseStarted
        && again != null
        && sentBody.isWhole()
        && (isUnsent(lost) ? ++unsent < MAX_UNSENT : isRepeatable(lost) && mayTryAgain())) {
      boolean dead = lost != null && !lost.reused && !lost.unprocessed();
      headWritten = false;
      again.closeIdle();
      sendAgain(again, dead);
      return;
    }
    over = true;
    sentBody.forget();
    released();
    if (request.upgraded) {
      client.responseDone();
      return;
    }
    client.fail(
        Failure.upstreamFailed(
            peerName() + " closed the connection before the response was whole: " + reason));
  }

  /// @param dead whether a new connection broke, so that the next one is likely to break too
  void sendAgain(ConnectionPool to, boolean dead) {
    to.connect(this);
  }

  private boolean isUnsent(@Nullable UpstreamConnection lost) {
    return !headWritten || (lost != null && lost.unprocessed());
  }

  private boolean isRepeatable(@Nullable UpstreamConnection lost) {
    boolean mayHaveBeenStale = lost != null && lost.reused;
    boolean repeatable = request.isIdempotent() && (mayHaveBeenStale || !riskTaken);
    riskTaken |= !mayHaveBeenStale;
    return repeatable;
  }

  private void broken(String message) {
    UpstreamConnection used = take();
    over = true;
    sentBody.forget();
    if (used != null) {
      used.detach();
      used.close();
    }
    released();
    client.fail(Failure.upstreamFailed(message));
  }

  @Override
  public void clientWritable(boolean writable) {
    UpstreamConnection from = connection;
    if (from != null) {
      from.reading(writable);
    }
  }

  @Override
  public void clientGone() {
    over = true;
    sentBody.forget();
    UpstreamConnection used = take();
    if (used != null) {
      abandoned(used);
    } else {
      released();
    }
  }

  private @Nullable UpstreamConnection take() {
    UpstreamConnection taken = connection;
    connection = null;
    return taken;
  }

  // ---- The header ----

  private HttpRequest head(UpstreamConnection to) {
    HttpHeaders headers = request.message.headers();
    if (!prepared) {
      prepared = true;
      boolean trailers = HopByHop.takesTrailers(headers);
      prepare(headers);
      if (trailers && to.isHttp2()) {
        // gRPC's servers ask for it (gRPC over HTTP2, "Requests").
        headers.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
      }
      if (!to.isHttp2()) {
        request.upgrade.ifPresent(protocol -> Upgrade.set(headers, protocol));
      }
    }
    sending(headers);
    RequestTarget target = request.target;
    String uri = uri(route.rewrite(target.path()), target.query());
    return request.hasBody
        ? new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.message.method(), uri, headers)
        : new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            request.message.method(),
            uri,
            Unpooled.EMPTY_BUFFER,
            headers,
            EmptyHttpHeaders.INSTANCE);
  }

  /// The request is about to be sent, perhaps again.
  void sending(HttpHeaders headers) {}

  String uri(String path, String query) {
    return query.isEmpty() ? path : path + query;
  }

  void prepare(HttpHeaders headers) {
    HopByHop.strip(headers);
    String authority = request.target.authority();
    client.peer.tell(headers, authority);
    if (!authority.equals(headers.get(HttpHeaderNames.HOST))) {
      headers.set(HttpHeaderNames.HOST, authority);
    }
    headers.set(ClientConnection.REQUEST_ID, request.id);
    for (Map.Entry<AsciiString, String> header : route.requestHeaders()) {
      headers.set(header.getKey(), header.getValue());
    }
    if (route.hasCallHeaders()) {
      request.callHeaders = CallHeaders.addTo(headers, Instant.now());
    }
  }
}
