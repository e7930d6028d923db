package dev.ebb.gateway;

import dev.ebb.dataplane.LocalHandler;
import dev.ebb.dataplane.PromptHandler;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/// A request that a part of Ebb answers: on a virtual thread of its own, or without one when it is
/// small and its handler can.
final class LocalExchange implements Exchange {
  private static final System.Logger LOG = System.getLogger(LocalExchange.class.getName());

  /// A body that is taken as a whole; what is larger streams.
  private static final int SMALL_BYTES = 16 * 1024;

  private final ClientConnection client;
  private final ClientRequest request;
  private final Route route;
  private final LocalHandler handler;
  private final GatewayContext gateway;

  /// Who is asked when the whole body is here; empty when a thread is.
  private Optional<PromptHandler> prompt;

  private final BodyStream body;
  private final LocalResponse response;

  LocalExchange(
      ClientConnection client,
      ClientRequest request,
      Route route,
      LocalHandler handler,
      GatewayContext gateway) {
    this.client = client;
    this.request = request;
    this.route = route;
    this.handler = handler;
    this.gateway = gateway;
    this.prompt =
        handler instanceof PromptHandler prompter && isSmall()
            ? Optional.of(prompter)
            : Optional.empty();
    this.body = new BodyStream(() -> client.loop.eventLoop.execute(client::pump));
    this.response = new LocalResponse(client, request.isHead());
  }

  private boolean isSmall() {
    return !request.hasBody
        || HttpUtil.getContentLength(request.message, Long.MAX_VALUE) <= SMALL_BYTES;
  }

  @Override
  public void begin() {
    request.answeredBy = "local";
    if (!request.hasBody) {
      body.add(new byte[0], true);
    }
    if (prompt.isEmpty()) {
      start(asked());
    } else if (!request.hasBody) {
      ask(prompt.get());
    }
  }

  /// The body is whole.
  private void ask(PromptHandler prompter) {
    prompt = Optional.empty();
    LocalHandler.Request asked = asked();
    try {
      prompter.answer(asked, body.peek()).ifPresentOrElse(this::await, () -> start(asked));
    } catch (RuntimeException failure) {
      failed(failure);
    }
  }

  private void await(CompletableFuture<PromptHandler.Answer> answer) {
    var _ =
        answer.whenComplete((done, failure) -> {
          if (failure == null) {
            response.answer(done);
          } else {
            failed(failure);
          }
        });
  }

  private void start(LocalHandler.Request asked) {
    Semaphore room = gateway.localRequests();
    if (!room.tryAcquire()) {
      client.fail(Failure.overloaded("too many requests are handled here at once"));
      return;
    }
    gateway
        .blocking()
        .execute(() -> {
          try {
            handle(asked);
          } finally {
            room.release();
          }
        });
  }

  private void handle(LocalHandler.Request asked) {
    try {
      handler.handle(asked, response);
      response.complete();
    } catch (IOException | RuntimeException | Error failure) {
      failed(failure);
    }
  }

  private void failed(Throwable failure) {
    if (!response.broken()) {
      LOG.log(Level.ERROR, "request " + request.id + " failed in " + route.name(), failure);
      response.fail(new Failure(500, "InternalError", "the request failed; see the log", 0));
    }
  }

  private LocalHandler.Request asked() {
    HttpHeaders headers = request.message.headers();
    HopByHop.strip(headers);
    client.peer.tell(headers, request.target.authority());
    headers.set(ClientConnection.REQUEST_ID, request.id);
    route.requestHeaders().forEach(header -> headers.set(header.getKey(), header.getValue()));
    Map<String, List<String>> byName = new HashMap<>();
    headers.forEach(header ->
        byName
            .computeIfAbsent(header.getKey().toLowerCase(Locale.ROOT), key -> new ArrayList<>(1))
            .add(header.getValue()));
    String query = request.target.query();
    return new LocalHandler.Request(
        request.message.method().name(),
        route.rewrite(request.target.path()),
        query.isEmpty() ? "" : query.substring(1),
        byName,
        body);
  }

  @Override
  public boolean takesContent() {
    return body.hasRoom();
  }

  @Override
  public void requestContent(HttpContent content) {
    boolean last = content instanceof LastHttpContent;
    body.add(ByteBufUtil.getBytes(content.content()), last);
    content.release();
    if (last && prompt.isPresent()) {
      ask(prompt.get());
    }
  }

  @Override
  public void requestFlush() {}

  @Override
  public void clientWritable(boolean writable) {
    if (writable) {
      response.writable();
    }
  }

  @Override
  public void clientGone() {
    body.fail();
    response.abandon();
  }

  /// Streams such as logs that are followed may last for ever.
  @Override
  public long deadline() {
    return Long.MAX_VALUE;
  }

  @Override
  public void deadlinePassed() {}
}
