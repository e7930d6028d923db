package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;

/// An exchange whose client is gone, while its instance may still be at work on it. The slot stays
/// taken until the instance answers or closes the connection, so that the limit of concurrency
/// holds in the instance and not only here. One that does neither in time costs the instance: it
/// gets no more requests, and the node is asked to replace it.
final class Abandoned implements UpstreamConnection.User {
  private final UpstreamConnection connection;
  private final Slot slot;
  private final LoopState loop;
  private final GatewayContext gateway;
  private final DeadlineWheel.Timer timer = new DeadlineWheel.Timer(this::stuck);
  private boolean informational;

  Abandoned(UpstreamConnection connection, Slot slot, LoopState loop, GatewayContext gateway) {
    this.connection = connection;
    this.slot = slot;
    this.loop = loop;
    this.gateway = gateway;
  }

  void begin(long deadlineNanos) {
    loop.wheel.set(timer, deadlineNanos);
    connection.hand(this);
    connection.reading(true);
  }

  @Override
  public void responseHead(HttpResponse head) {
    informational = head.status().code() < 200;
  }

  @Override
  public void responseContent(HttpContent content) {
    boolean last = content instanceof LastHttpContent && !informational;
    content.release();
    if (last) {
      end();
    }
  }

  @Override
  public void responseFlush() {}

  @Override
  public void requestWritable() {}

  @Override
  public void connectionLost(String reason) {
    end();
  }

  private void stuck() {
    var _ = slot.throttle.drain(slot.instance);
    end();
    gateway.stuck().accept(slot.instance);
  }

  private void end() {
    loop.wheel.cancel(timer);
    connection.detach();
    connection.close();
    slot.throttle.release(slot, gateway.nanoTime().getAsLong());
  }
}
