package dev.ebb.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One client's connection: takes requests one after the other, as RFC 9112 (section 9.3.2) demands
/// of answers to pipelined ones. What arrives before its turn waits in the inbox, and while the
/// inbox holds enough, the socket is not read; so the client feels the back-pressure of the
/// instance, and a connection costs bounded memory whatever it sends.
final class ClientConnection extends ChannelInboundHandlerAdapter {
  static final String REQUEST_ID = "x-request-id";

  /// Two receive buffers: enough to keep the instance busy while the next bytes come.
  private static final int INBOX_BYTES = 128 * 1024;

  private static final int INBOX_OBJECTS = 64;

  /// A client that still sends when it was answered for good gets this long to read the answer
  /// before the socket is closed; closing at once would reset it, answer and all (RFC 9112, 9.6).
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

  private enum State {
    /// Between requests, or in the middle of a request's header.
    WAITING,
    /// A request is being answered.
    SERVING,
    /// The last answer is on its way; whatever comes is thrown away.
    LINGERING
  }

  final LoopState loop;
  final Peer peer;
  private final GatewayContext gateway;
  private final Channel channel;
  private final RequestDecoder decoder;
  private final ResponseEncoder encoder = new ResponseEncoder();
  private final DeadlineWheel.Timer timer = new DeadlineWheel.Timer(this::deadlinePassed);
  private final ArrayDeque<HttpObject> inbox = new ArrayDeque<>();
  private int inboxBytes;
  private boolean pumping;

  private @Nullable ChannelHandlerContext context;
  private State state = State.WAITING;
  private boolean headTimerSet;

  // Of the request that is being answered.
  private @Nullable ClientRequest request;
  private @Nullable Exchange exchange;
  private boolean requestComplete;
  private boolean headSent;
  private boolean closing;

  ClientConnection(Channel channel, LoopState loop, GatewayContext gateway) {
    this.channel = channel;
    this.loop = loop;
    this.gateway = gateway;
    this.peer = new Peer(channel.remoteAddress());
    this.decoder = new RequestDecoder(gateway.config());
  }

  void install() {
    channel.pipeline().addLast(decoder, encoder, this);
  }

  // ---- What the exchange may ask for ----

  boolean writable() {
    return channel.isWritable();
  }

  /// A 1xx response: another one follows.
  void informational(HttpResponse head) {
    if (request().message.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      HopByHop.strip(head.headers());
      write(head);
      write(LastHttpContent.EMPTY_LAST_CONTENT);
      flush();
    }
  }

  void head(HttpResponse head) {
    ClientRequest answered = request();
    answered.status = head.status().code();
    headSent = true;
    HopByHop.strip(head.headers());
    head.headers().set(REQUEST_ID, answered.id);
    frame(head, answered);
    encoder.head(answered.isHead());
    write(head);
  }

  /// Takes over the content.
  void content(HttpContent content) {
    request().responseBytes += content.content().readableBytes();
    write(content);
  }

  void flush() {
    context().flush();
  }

  /// The response is complete.
  void responseDone() {
    flush();
    finish();
    if (!requestComplete) {
      dropContentInInbox();
    }
    if (closing || (request().hasBody && !requestComplete)) {
      linger();
    } else {
      await();
      pump();
    }
  }

  /// Answers with an error, or breaks the connection when the response had begun.
  void fail(Failure failure) {
    if (headSent) {
      abort();
      return;
    }
    ClientRequest failed = request();
    String body = ErrorBody.of(failure, failed.id);
    FullHttpResponse response = response(failure.status(), body);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
    if (failure.retryAfterSeconds() > 0) {
      response.headers().set(HttpHeaderNames.RETRY_AFTER, failure.retryAfterSeconds());
    }
    answer(response);
  }

  /// Breaks the connection: the only way to tell a client that its response is not whole.
  void abort() {
    finish();
    state = State.LINGERING;
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
        inbox.remove();
        inboxBytes -= bytes(first);
        accept(first);
      }
    } finally {
      pumping = false;
    }
    Exchange present = exchange;
    if (present != null) {
      present.requestFlush();
    }
    boolean read = inboxBytes < INBOX_BYTES && inbox.size() < INBOX_OBJECTS;
    if (channel.config().isAutoRead() != read) {
      channel.config().setAutoRead(read);
    }
  }

  /// The exchange's deadline is another now.
  void deadlineChanged() {
    Exchange present = exchange;
    if (present != null && present.deadline() != Long.MAX_VALUE) {
      loop.wheel.set(timer, present.deadline());
    }
  }

  /// No further request after the one that is being answered.
  void drain() {
    closing = true;
    if (state == State.WAITING && !decoder.midHead()) {
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
    HttpObject object = (HttpObject) message;
    if (state == State.LINGERING) {
      release(object);
      return;
    }
    inbox.add(object);
    inboxBytes += bytes(object);
    pump();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (state == State.WAITING && decoder.midHead() && !headTimerSet) {
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
    state = State.LINGERING;
    loop.wheel.cancel(timer);
    inbox.forEach(ClientConnection::release);
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
    if (limit > 0 && sending.requestBytes > limit) {
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
      fail(failure.get());
      return;
    }
    closing |= !HttpUtil.isKeepAlive(message);
    switch (Router.route(begun, gateway)) {
      case Router.Outcome.Refuse(Failure refusal) -> fail(refusal);
      case Router.Outcome.Answer(int status, String location) -> {
        FullHttpResponse response = response(status, "");
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
    head(response);
    responseDone();
  }

  private static FullHttpResponse response(int status, String body) {
    ByteBuf bytes =
        body.isEmpty() ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body.getBytes(UTF_8));
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), bytes);
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, bytes.readableBytes());
    return response;
  }

  /// How the client learns where the body ends (RFC 9112, section 6.3).
  private void frame(HttpResponse head, ClientRequest answered) {
    int status = head.status().code();
    boolean bodyless = answered.isHead() || status == 204 || status == 304;
    boolean sized = head.headers().contains(HttpHeaderNames.CONTENT_LENGTH);
    boolean old = !answered.message.protocolVersion().equals(HttpVersion.HTTP_1_1);
    if (old) {
      head.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
      closing |= !bodyless && !sized;
    } else if (!bodyless && !sized) {
      head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    if (closing) {
      head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (old) {
      head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    head.setProtocolVersion(HttpVersion.HTTP_1_1);
  }

  private void finish() {
    ClientRequest over = request;
    exchange = null;
    if (over != null && state == State.SERVING) {
      gateway.metrics().finished(over, peer, now());
    }
  }

  // ---- Between requests and after the last ----

  private void await() {
    state = State.WAITING;
    headTimerSet = false;
    loop.wheel.set(timer, now() + gateway.config().keepAliveTimeout().toNanos());
  }

  private void linger() {
    state = State.LINGERING;
    boolean quiet = requestComplete && inbox.isEmpty();
    inbox.forEach(ClientConnection::release);
    inbox.clear();
    inboxBytes = 0;
    channel.config().setAutoRead(true);
    var sent = context().writeAndFlush(Unpooled.EMPTY_BUFFER);
    if (quiet || !(channel instanceof DuplexChannel duplex)) {
      sent.addListener(ChannelFutureListener.CLOSE);
    } else {
      loop.wheel.set(timer, now() + LINGER_NANOS);
      sent.addListener(_ -> {
        var _ = duplex.shutdownOutput();
      });
    }
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
        if (decoder.midHead()) {
          slowHead();
        } else {
          close();
        }
      }
      case LINGERING -> close();
    }
  }

  private void slowHead() {
    FullHttpResponse response = response(408, "");
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    encoder.head(false);
    write(response);
    linger();
  }

  /// What is here already of a body that nobody wants need not cost the connection.
  private void dropContentInInbox() {
    while (!requestComplete && inbox.peek() instanceof HttpContent content) {
      requestComplete = content instanceof LastHttpContent;
      inbox.remove();
      inboxBytes -= bytes(content);
      content.release();
    }
  }

  private void close() {
    var _ = channel.close();
  }

  private void write(Object message) {
    var _ = context().write(message, context().voidPromise());
  }

  private static int bytes(HttpObject object) {
    return object instanceof HttpContent content ? content.content().readableBytes() : 0;
  }

  private static void release(HttpObject object) {
    if (object instanceof HttpContent content) {
      content.release();
    }
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
