package dev.ebb.apiserver;

import io.helidon.common.GenericType;
import io.helidon.common.media.type.MediaType;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http.spi.Sink;
import io.helidon.webserver.http.spi.SinkProvider;
import io.helidon.webserver.http.spi.SinkProviderContext;
import java.util.function.BiConsumer;

/// Sends the head of a streamed response at once.
///
/// Helidon keeps the head until the first bytes of the body come, which in a watch may be hours
/// later. Its only way to send it is what it offers to sinks, so this is a sink that takes nothing.
class HeadSinks implements SinkProvider<Object> {
  private static final GenericType<HeadSink> TYPE = GenericType.create(HeadSink.class);

  /// To be called after the output stream was asked for.
  static void sendHead(ServerResponse response) {
    response.sink(TYPE);
  }

  @Override
  public boolean supports(GenericType<? extends Sink<?>> type, ServerRequest request) {
    return type.equals(TYPE);
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  public <X extends Sink<Object>> X create(SinkProviderContext context) {
    context.flushHeaders();
    return (X) new HeadSink();
  }

  /// Helidon calls the other one.
  @Override
  @Deprecated
  @SuppressWarnings({"removal", "TypeParameterUnusedInFormals"})
  public <X extends Sink<Object>> X create(
      ServerResponse response, BiConsumer<Object, MediaType> events, Runnable close) {
    throw new UnsupportedOperationException("superseded in Helidon 4.1");
  }

  private static final class HeadSink implements Sink<Object> {
    @Override
    public Sink<Object> emit(Object event) {
      throw new UnsupportedOperationException("only the head is sent through this sink");
    }

    @Override
    public void close() {}
  }
}
