package dev.ebb.gateway;

import org.jspecify.annotations.Nullable;

/// The connections of one event loop to an instance of which nobody said what it speaks
/// (`autodetect-http2`). The first one begins as HTTP/2 does; an instance that answers it
/// otherwise, or not at all, is spoken to in HTTP/1.1 from then on.
final class DetectingConnections implements ConnectionPool {
  private final Slot slot;
  private final Http1Connections http1;
  private final Http2Connections http2;

  DetectingConnections(Slot slot, Http1Connections http1, Http2Connections http2) {
    this.slot = slot;
    this.http1 = http1;
    this.http2 = http2;
  }

  /// A request that asks for another protocol, which HTTP/2 has no way for.
  ConnectionPool http1() {
    return http1;
  }

  @Override
  public @Nullable UpstreamConnection take(boolean repeatable) {
    return slot.http2 == Slot.Http2.NO ? http1.take(repeatable) : null;
  }

  @Override
  public void connect(Taker taker) {
    switch (slot.http2) {
      case YES -> http2.connect(taker);
      case NO -> http1.connect(taker);
      case UNKNOWN -> http2.connect(new Detection(taker));
    }
  }

  private final class Detection implements Taker {
    private final Taker taker;

    Detection(Taker taker) {
      this.taker = taker;
    }

    @Override
    public void connected(UpstreamConnection connection) {
      slot.http2 = Slot.Http2.YES;
      taker.connected(connection);
    }

    @Override
    public void connectFailed(Throwable cause) {
      if (cause instanceof NotHttp2Exception) {
        slot.http2 = Slot.Http2.NO;
        http1.connect(taker);
      } else {
        taker.connectFailed(cause);
      }
    }
  }

  /// Each connection knows the pool that it is of.
  @Override
  public void give(UpstreamConnection connection) {
    connection.pool.give(connection);
  }

  @Override
  public void lost(UpstreamConnection connection) {
    connection.pool.lost(connection);
  }

  @Override
  public void closeIdle() {
    http1.closeIdle();
    http2.closeIdle();
  }

  @Override
  public void close() {
    http1.close();
    http2.close();
  }
}
