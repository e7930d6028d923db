package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpContent;

/// One request and its response, as its client's connection sees it. Lives on the connection's
/// event loop. It answers through [ClientConnection] and ends with exactly one of `responseDone`,
/// `fail` and `abort` there, or with `clientGone` here.
interface Exchange {
  /// Begins; may end at once.
  void begin();

  /// Whether the next piece of the request's body can be taken.
  boolean takesContent();

  /// The next piece, which is the exchange's to release.
  void requestContent(HttpContent content);

  /// No more of the body at the moment.
  void requestFlush();

  /// The client takes more, or no more, of the response for now.
  void clientWritable(boolean writable);

  /// The client left, or the request ran out of time: it gets no more.
  void clientGone();

  /// Nanoseconds on the gateway's clock; `Long.MAX_VALUE` for none.
  long deadline();

  /// The deadline has passed. Ends the exchange, or has a later deadline now.
  void deadlinePassed();
}
