package dev.ebb.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One client's connection, or one stream of it with HTTP/2: takes requests one after the other, as
/// RFC 9112 (section 9.3.2) demands of answers to pipelined ones. What arrives before its turn
/// waits in the inbox, and while the inbox holds enough, the socket is not read; so the client
/// feels the back-pressure of the instance, and a connection costs bounded memory whatever it
/// sends.
final class ClientConnection extends ChannelInboundHandlerAdapter {
  static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");

  /// Each needs a change of the routes, so more of them in the life of one request are a mistake.
  private static final int MAX_ROUTINGS = 5;

  private enum State {
    /// Between requests, or in the middle of a request's header.
    WAITING,
    /// A request is being answered.
    SERVING,
    /// The last answer is on its way, or the connection is broken.
    OVER
  }

  final LoopState loop;
  final Peer peer;
  private final GatewayContext gateway;
  private final Channel channel;
  private final ClientFraming framing;
  private final DeadlineWheel.Timer timer = new DeadlineWheel.Timer(this::deadlinePassed);
  private final Inbox inbox = new Inbox();
  private boolean pumping;

  private @Nullable ChannelHandlerContext context;
  private State state = State.WAITING;
  private boolean headTimerSet;

  // Of the request that is being answered.
  private @Nullable ClientRequest request;
  private @Nullable Exchange exchange;
  private boolean requestComplete;
  private boolean headSent;

  /// A header that is not written yet: most responses are whole a moment later, and then go out as
  /// one buffer in one system call.
  private @Nullable HttpResponse heldHead;

  private boolean closing;

  /// What follows is not known to be a request.
  private boolean unreadable;

  /// @param secure whether the connection has TLS
  ClientConnection(
      Channel channel,
      LoopState loop,
      GatewayContext gateway,
      ClientFraming framing,
      boolean secure) {
    this.channel = channel;
    this.loop = loop;
    this.gateway = gateway;
    this.peer =
        new Peer(
            channel.remoteAddress(), gateway.config().isInside(channel.localAddress()), secure);
    this.framing = framing;
    this.closing = framing.oneRequest();
  }

  void install() {
    framing.install(channel, this);
  }

  // ---- What the exchange may ask for ----

  boolean writable() {
    return channel.isWritable();
  }

  /// A 1xx response: another one follows.
  void informational(HttpResponse head) {
    if (request().message.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      HopByHop.strip(head.headers());
      write(framing.informational(head));
      flush();
    }
  }

  /// The response after which both sides speak another protocol. False when the client did not wait
  /// for it: what it sent was taken for a request.
  boolean upgrade(HttpResponse head) {
    if (!inbox.isEmpty()) {
      return false;
    }
    ClientRequest answered = request();
    String protocol = head.headers().get(HttpHeaderNames.UPGRADE, answered.upgrade.orElse(""));
    HopByHop.strip(head.headers());
    Upgrade.set(head.headers(), protocol);
    head.headers().set(REQUEST_ID, answered.id);
    answered.status = head.status().code();
    answered.hasBody = true;
    answered.upgraded = true;
    headSent = true;
    closing = true;
    requestComplete = false;
    write(framing.informational(head));
    flush();
    framing.upgrade(channel);
    return true;
  }

  void head(HttpResponse head) {
    ClientRequest answered = request();
    answered.status = head.status().code();
    headSent = true;
    HopByHop.strip(head.headers());
    head.headers().set(REQUEST_ID, answered.id);
    closing = Responses.frame(head, answered, closing);
    framing.answersHead(answered.isHead());
    heldHead = head;
  }

  /// Takes over the content.
  void content(HttpContent content) {
    request().responseBytes += content.content().readableBytes();
    HttpResponse held = heldHead;
    if (held != null && content instanceof LastHttpContent last) {
      heldHead = null;
      write(Responses.whole(held, last));
    } else {
      writeHead();
      write(content);
    }
  }

  void flush() {
    writeHead();
    context().flush();
  }

  /// The response is complete.
  void responseDone() {
    flush();
    finish();
    if (mustCloseEarly() || closing) {
      end();
    } else {
      await();
      pump();
    }
  }

  /// Answers with an error, or breaks the connection when the response had begun.
  void fail(Failure failure) {
    if (headSent && heldHead == null) {
      abort();
      return;
    }
    heldHead = null;
    answer(Responses.of(failure, request()));
  }

  /// Breaks the connection: the only way to tell a client that its response is not whole.
  void abort() {
    finish();
    heldHead = null;
    state = State.OVER;
    close();
  }

  /// The exchange takes content again.
  void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      for (HttpObject first; (first = inbox.peek()) != null && takes(first); ) {
        inbox.removeFirst();
        accept(first);
      }
    } finally {
      pumping = false;
    }
    Exchange present = exchange;
    if (present != null) {
      present.requestFlush();
    }
    if (state != State.OVER) {
      Reading.set(channel, inbox.hasRoom());
    }
  }

  /// The request was not sent, and cannot be: whom it was for is gone. It may be for another now.
  void routeAgain(Failure failure) {
    ClientRequest waited = request();
    if (++waited.routings > MAX_ROUTINGS) {
      fail(failure);
    } else {
      exchange = null;
      serve(waited);
    }
  }

  /// The exchange's deadline is another now.
  void deadlineChanged() {
    Exchange present = exchange;
    if (present != null && present.deadline() != Long.MAX_VALUE) {
      loop.wheel.set(timer, present.deadline());
    }
  }

  /// Nobody takes what of the request is still to come.
  void takesNoMore() {
    closing |= mustCloseEarly();
  }

  /// No further request after the one that is being answered.
  void closeAfter() {
    closing = true;
  }

  /// The gateway ends: as [#closeAfter], and at once when there is no request.
  void drain() {
    closeAfter();
    if (state == State.WAITING && !framing.midHead()) {
      close();
    }
  }

  // ---- What the channel tells ----

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    await();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (state == State.OVER) {
      ReferenceCountUtil.release(message);
      return;
    }
    inbox.add((HttpObject) message);
    pump();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (state == State.WAITING && framing.midHead() && !headTimerSet) {
      headTimerSet = true;
      loop.wheel.set(timer, now() + gateway.config().headTimeout().toNanos());
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Exchange present = exchange;
    if (present != null) {
      present.clientWritable(channel.isWritable());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Exchange present = exchange;
    if (present != null) {
      finish();
      present.clientGone();
    }
    state = State.OVER;
    loop.wheel.cancel(timer);
    inbox.clear();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset by the client is the usual one; channelInactive does what is to be done.
    gateway.metrics().connectionFailed(cause);
    close();
  }

  // ---- Requests ----

  private boolean takes(HttpObject object) {
    if (object instanceof HttpRequest) {
      return state == State.WAITING;
    }
    Exchange present = exchange;
    return present == null
        || !request().hasBody
        || object.decoderResult().isFailure()
        || present.takesContent();
  }

  private void accept(HttpObject object) {
    if (object instanceof HttpRequest head) {
      begin(head);
      return;
    }
    HttpContent content = (HttpContent) object;
    Exchange present = exchange;
    if (present == null || !request().hasBody) {
      requestComplete |= content instanceof LastHttpContent;
      content.release();
    } else if (content.decoderResult().isFailure()) {
      content.release();
      closing = true;
      present.clientGone();
      fail(RequestCheck.malformed(content.decoderResult().cause(), gateway.config()));
    } else {
      take(present, content);
    }
  }

  private void take(Exchange present, HttpContent content) {
    ClientRequest sending = request();
    sending.requestBytes += content.content().readableBytes();
    long limit = gateway.config().maxBodyBytes();
    if (limit > 0 && !sending.upgraded && sending.requestBytes > limit) {
      content.release();
      present.clientGone();
      fail(RequestCheck.bodyTooLarge(limit));
      return;
    }
    requestComplete |= content instanceof LastHttpContent;
    present.requestContent(content);
  }

  private void begin(HttpRequest message) {
    state = State.SERVING;
    headSent = false;
    requestComplete = false;
    headTimerSet = false;
    loop.wheel.cancel(timer);
    String id = RequestIds.of(message.headers().get(REQUEST_ID));
    Optional<Failure> failure = RequestCheck.check(message, gateway.config());
    RequestTarget target = RequestTarget.NONE;
    if (failure.isEmpty() && !Router.asksServerItself(message)) {
      try {
        target = RequestTarget.of(message);
      } catch (RequestTarget.MalformedException malformed) {
        failure = Optional.of(Failure.badRequest(String.valueOf(malformed.getMessage())));
      }
    }
    ClientRequest begun = new ClientRequest(message, target, id, now());
    request = begun;
    gateway.metrics().begun();
    if (failure.isPresent()) {
      closing = true;
      unreadable = true;
      fail(failure.get());
      return;
    }
    closing |= !HttpUtil.isKeepAlive(message);
    serve(begun);
  }

  private void serve(ClientRequest begun) {
    switch (Router.route(begun, peer, gateway)) {
      case Router.Outcome.Refuse(Failure refusal) -> fail(refusal);
      case Router.Outcome.Answer(int status, String location) -> {
        FullHttpResponse response = Responses.empty(status);
        if (!location.isEmpty()) {
          response.headers().set(HttpHeaderNames.LOCATION, location);
        }
        answer(response);
      }
      case Router.Outcome.Serve serve -> {
        Exchange present = serve.by().create(this, begun);
        exchange = present;
        present.begin();
        deadlineChanged();
      }
    }
  }

  private void answer(FullHttpResponse response) {
    takesNoMore();
    head(response);
    responseDone();
  }

  /// Whether the client has yet to send content that nobody is going to take. What is here already
  /// of it need not cost the connection.
  private boolean mustCloseEarly() {
    requestComplete = requestComplete || inbox.dropContent() || !request().hasBody;
    return !requestComplete;
  }

  private void finish() {
    ClientRequest over = request;
    exchange = null;
    if (over != null && state == State.SERVING) {
      gateway.metrics().finished(over, peer, framing.protocol(), now());
    }
  }

  // ---- Between requests and after the last ----

  private void await() {
    state = State.WAITING;
    headTimerSet = false;
    loop.wheel.set(timer, now() + gateway.config().keepAliveTimeout().toNanos());
  }

  /// After the last response. A client that has sent all it had to is closed at once.
  private void end() {
    boolean quiet = requestComplete && !unreadable && inbox.isEmpty();
    over();
    framing.end(channel, quiet, loop.wheel, now());
  }

  private void over() {
    state = State.OVER;
    loop.wheel.cancel(timer);
    inbox.clear();
  }

  private void deadlinePassed() {
    switch (state) {
      case SERVING -> {
        Exchange present = exchange;
        if (present != null) {
          present.deadlinePassed();
          deadlineChanged();
        }
      }
      case WAITING -> {
        if (framing.midHead()) {
          slowHead();
        } else {
          close();
        }
      }
      case OVER -> {}
    }
  }

  private void slowHead() {
    framing.answersHead(false);
    write(Responses.last(Failure.slowHead(), RequestIds.of(null)));
    over();
    framing.end(channel, false, loop.wheel, now());
  }

  private void close() {
    var _ = channel.close();
  }

  private void writeHead() {
    HttpResponse held = heldHead;
    if (held != null) {
      heldHead = null;
      write(held);
    }
  }

  private void write(Object message) {
    var _ = context().write(message, context().voidPromise());
  }

  private long now() {
    return gateway.nanoTime().getAsLong();
  }

  private ClientRequest request() {
    return present(request);
  }

  private ChannelHandlerContext context() {
    return present(context);
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("used before it began");
    }
    return value;
  }
}
